import { shortId } from '../ids.js';
import type { Person } from '../state/people.js';
import { hrefOf } from '../state/router.js';
import { texts } from '../texts.js';

interface Props {
  readonly userId: string;
  readonly people: ReadonlyMap<string, Person | null>;
}

/** A user by name, as far as it is known yet. */
export function UserLink({ userId, people }: Props) {
  const person = people.get(userId);
  return (
    <span class="two-lines">
      <a href={hrefOf.user(userId)} title={userId}>
        {person?.name ?? (person === null ? texts.unknownUser : shortId(userId))}
      </a>
      {person?.email !== undefined && person.email !== person.name && <span class="second">{person.email}</span>}
    </span>
  );
}
