import type { ConsoleSearchQuery } from '../../operations/operations.js';
import { nameOf, otherNamesOf } from '../names.js';
import { ColumnHeads } from '../parts/column-heads.js';
import { StatusWord } from '../parts/status-word.js';
import { When } from '../parts/when.js';
import { hrefOf } from '../state/router.js';
import { texts } from '../texts.js';

type FoundUser = ConsoleSearchQuery['searchUsers']['nodes'][number];

interface Props {
  readonly users: readonly FoundUser[];
  /** Null when all are shown. */
  readonly onMore: (() => void) | null;
  /** How many are not. */
  readonly rest: string;
}

const { columns, caption, never, more } = texts.find;

export function FoundUsers({ users, onMore, rest }: Props) {
  return (
    <>
      <div class="table-box">
        <table class="stacking found-users">
          <caption class="hidden">{caption}</caption>
          <ColumnHeads columns={columns} />
          <tbody>
            {users.map((user) => (
              <UserRow key={user.id} user={user} />
            ))}
          </tbody>
        </table>
      </div>
      {onMore !== null && (
        <div class="table-foot">
          <span class="second">{rest}</span>
          <button type="button" class="button" onClick={onMore}>
            {more}
          </button>
        </div>
      )}
    </>
  );
}

function UserRow({ user }: { readonly user: FoundUser }) {
  const { id, active, sessionCount, lastLoginAt, tenant } = user;
  const name = nameOf(user);
  const [second] = otherNamesOf(user);
  return (
    <tr class="clickable">
      <th scope="row">
        <span class="two-lines">
          <a class="row-link" href={hrefOf.user(id)} data-row>
            {name}
          </a>
          {second !== undefined && <span class="second">{second}</span>}
        </span>
      </th>
      <td data-label={columns.status}>
        <StatusWord isActive={active} />
      </td>
      <td data-label={columns.sessions} class="number">
        {sessionCount}
      </td>
      <td data-label={columns.lastSignIn}>{lastLoginAt === null ? never : <When at={lastLoginAt} />}</td>
      <td data-label={columns.tenant}>{tenant?.name ?? texts.none}</td>
    </tr>
  );
}
