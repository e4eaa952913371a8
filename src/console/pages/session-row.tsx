import { deviceTexts } from '../names.js';
import { Badge } from '../parts/badge.js';
import { deviceIcon, Icon } from '../parts/icon.js';
import { When } from '../parts/when.js';
import { actorText, type EndingNote } from '../state/endings.js';
import { useNow } from '../state/now.js';
import type { Person } from '../state/people.js';
import type { Session } from '../state/session-list.js';
import { useViewer } from '../state/viewer.js';
import { reasonTexts, texts } from '../texts.js';
import { shortTime } from '../times.js';
import { type Limit, limitBadge } from './limits.js';

interface Props {
  readonly session: Session;
  /** Null while it lives. */
  readonly ending: EndingNote | null;
  readonly people: ReadonlyMap<string, Person | null>;
  readonly isNewest: boolean;
  /** The limit that it is above, if any. */
  readonly overLimit: Limit | null;
  readonly isSelected: boolean;
  readonly maySelect: boolean;
  readonly mayEnd: boolean;
  readonly onToggle: () => void;
  readonly onEnd: () => void;
}

const t = texts.sessions;

/** What to call a session: its device and its application. */
export function sessionName(session: Session): string {
  const { application, applicationId, kind } = session;
  const [name] = deviceTexts(session);
  return kind === 'SSO' ? `${name}, ${t.sso.toLowerCase()}` : `${name}, ${application?.name ?? applicationId ?? ''}`;
}

export function SessionRow(props: Props) {
  const { session, ending, isSelected, maySelect, mayEnd } = props;
  const { device, kind, application, applicationId } = session;
  const name = sessionName(session);
  const [title, second] = deviceTexts(session);
  return (
    <tr class={ending === null ? (isSelected ? 'selected' : undefined) : 'over'} data-row tabIndex={-1}>
      {maySelect && (
        <td class="select">
          {ending === null && (
            <label class="target">
              <input
                type="checkbox"
                data-key="x"
                aria-label={t.selectRow(name)}
                checked={isSelected}
                onChange={props.onToggle}
              />
            </label>
          )}
        </td>
      )}
      <th scope="row">
        <span class="device">
          <Icon name={kind === 'SSO' ? 'key' : deviceIcon(device.type)} size={20} />
          <span class="two-lines">
            <span class="device-name">
              {title} <Badges {...props} />
            </span>
            {second !== null && <span class="second">{second}</span>}
          </span>
        </span>
      </th>
      <td data-label={t.columns.application}>
        {kind === 'SSO' ? (
          <span class="two-lines">
            {t.sso}
            <span class="second">{t.ssoHelp}</span>
          </span>
        ) : (
          (application?.name ?? applicationId)
        )}
      </td>
      {ending === null ? (
        <LiveCells {...props} name={name} />
      ) : (
        <td class="ending" colSpan={mayEnd ? 5 : 4}>
          <Ending {...props} ending={ending} />
        </td>
      )}
    </tr>
  );
}

/** In place of which a row that has ended says so. */
function LiveCells({ session, mayEnd, name, onEnd }: Props & { readonly name: string }) {
  const { ipAddress, createdAt, lastAccessedAt, expiresAt } = session;
  return (
    <>
      <td data-label={t.columns.address} class="mono">
        {ipAddress ?? texts.none}
      </td>
      <td data-label={t.columns.signedIn}>
        <When at={createdAt} />
      </td>
      <td data-label={t.columns.lastUsed}>{lastAccessedAt === null ? texts.none : <When at={lastAccessedAt} />}</td>
      <td data-label={t.columns.expires}>{expiresAt === null ? texts.none : <When at={expiresAt} />}</td>
      {mayEnd && (
        <td class="action">
          <button type="button" class="button small" data-key="e" aria-label={t.endRow(name)} onClick={onEnd}>
            {t.end}
          </button>
        </td>
      )}
    </>
  );
}

function Badges({ session, isNewest, overLimit, ending }: Props) {
  const now = useNow();
  if (ending !== null) return null;
  const isExpired = session.state === 'EXPIRED' || (session.expiresAt !== null && Date.parse(session.expiresAt) < now);
  return (
    <>
      {session.isCurrent === true && <Badge kind="accent">{t.badges.current}</Badge>}
      {isNewest && <Badge kind="ok">{t.badges.newest}</Badge>}
      {isExpired && <Badge kind="warning">{t.badges.expired}</Badge>}
      {overLimit !== null && <Badge kind="warning">{limitBadge(overLimit)}</Badge>}
    </>
  );
}

function Ending({ ending, people }: Props & { readonly ending: EndingNote }) {
  const viewer = useViewer();
  const now = useNow();
  const when = ending.endedAt === null ? '' : shortTime(Date.parse(ending.endedAt), now);
  return <>{t.ended(when, actorText(ending, people, viewer), reasonTexts[ending.reason].toLowerCase())}</>;
}
