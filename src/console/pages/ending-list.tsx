import { deviceIcon, Icon } from '../parts/icon.js';
import { shortId } from '../parts/user-link.js';
import type { EndedItem } from '../state/ending.js';
import type { Session } from '../state/session-list.js';
import { texts } from '../texts.js';
import { sessionName } from './session-row.js';

interface Props {
  readonly ended: readonly EndedItem[];
  readonly total: number;
  readonly sessions: readonly Session[];
}

/** More would be read by nobody. */
const maxShown = 20;

/** The sessions that would end, as the service says. */
export function EndingList({ ended, total, sessions }: Props) {
  const known = new Map(sessions.map((session) => [session.id, session]));
  const shown = ended.slice(0, maxShown);
  return (
    <section class="ending-list" aria-label={texts.end.list}>
      <ul>
        {shown.map(({ sessionId, applicationId }) => {
          const session = known.get(sessionId);
          const isSso = applicationId === null;
          return (
            <li key={sessionId}>
              <Icon name={isSso ? 'key' : deviceIcon(session?.device.type ?? null)} />
              <span>
                {session === undefined
                  ? `${isSso ? texts.sessions.sso : texts.sessions.unnamed}, ${shortId(sessionId)}`
                  : sessionName(session)}
              </span>
            </li>
          );
        })}
        {total > shown.length && <li class="second">{texts.end.more(total - shown.length)}</li>}
      </ul>
    </section>
  );
}
