import type { ConsoleByIdQuery } from '../../operations/operations.js';
import { shortId } from '../ids.js';
import { deviceTexts } from '../names.js';
import { Badge } from '../parts/badge.js';
import { deviceIcon, Icon } from '../parts/icon.js';
import { When } from '../parts/when.js';
import { usePeople } from '../state/people.js';
import { hrefOf } from '../state/router.js';
import { reasonTexts, texts } from '../texts.js';

/** Where an id leads: to the user that it names, or whose session it names. Null when it names nothing. */
export function hrefOfFound({ user, session, endedSession }: ConsoleByIdQuery): string | null {
  if (user !== null) return hrefOf.user(user.id);
  if (session !== null) return hrefOf.user(session.userId);
  return endedSession === null ? null : hrefOf.user(endedSession.userId, 'history');
}

/** The session of an id. Users of an id are among those that the search finds. */
export function FoundById({ found }: { readonly found: ConsoleByIdQuery }) {
  const { session, endedSession } = found;
  const userId = session?.userId ?? endedSession?.userId;
  const people = usePeople([userId]);
  const href = hrefOfFound(found);
  if (userId === undefined || href === null) return null;
  const name = people.get(userId)?.name ?? shortId(userId);
  return (
    <a class="card found" href={href} data-row>
      <Icon name={session === null || session.kind === 'SSO' ? 'key' : deviceIcon(session.device.type)} size={20} />
      <span class="two-lines">
        <strong>{session === null ? texts.find.sessionEnded(name) : texts.find.sessionFound(name)}</strong>
        <span class="second">
          {session !== null &&
            [deviceTexts(session)[0], session.application?.name].filter((part) => part != null).join(', ')}
          {session === null && endedSession !== null && (
            <>
              <When at={endedSession.endedAt} style="short" />, {reasonTexts[endedSession.reason].toLowerCase()}
            </>
          )}
        </span>
      </span>
      {session?.kind === 'SSO' && <Badge kind="accent">{texts.sessions.sso}</Badge>}
    </a>
  );
}
