import { useState } from 'preact/hooks';
import { ConsoleHistory } from '../api/documents.js';
import { shortId } from '../ids.js';
import { deviceName, plain } from '../names.js';
import { Badge } from '../parts/badge.js';
import { CopyText } from '../parts/copy-text.js';
import { Icon } from '../parts/icon.js';
import { ReasonText } from '../parts/reason-text.js';
import { UserLink } from '../parts/user-link.js';
import { When } from '../parts/when.js';
import { actorText, type HistoryEntry } from '../state/endings.js';
import { useNow } from '../state/now.js';
import { type Person, usePeople } from '../state/people.js';
import { useQuery } from '../state/query.js';
import { useViewer } from '../state/viewer.js';
import { outcomeTexts, texts } from '../texts.js';
import { shortTime } from '../times.js';

interface Props {
  readonly entry: HistoryEntry;
  readonly people: ReadonlyMap<string, Person | null>;
  /** Their names by id, which all rows share. */
  readonly applications: ReadonlyMap<string, string | null>;
}

const t = texts.history;
const outcomeKinds = { REVOKED: 'neutral', ALREADY_ENDED: 'neutral', FAILED: 'danger' } as const;

export function HistoryRow({ entry, people, applications }: Props) {
  const viewer = useViewer();
  const now = useNow();
  const [isOpen, setIsOpen] = useState(false);
  const endedAt = entry.endedAt ?? entry.recordedAt;
  const application =
    entry.applicationId === null ? texts.sessions.sso : (applications.get(entry.applicationId) ?? texts.none);
  return (
    <>
      <tr class={isOpen ? 'open' : undefined} data-row tabIndex={-1}>
        <th scope="row">
          <span class="opener">
            <button
              type="button"
              class="icon-button"
              data-key="x"
              aria-expanded={isOpen}
              aria-label={t.details(shortTime(Date.parse(endedAt), now))}
              onClick={() => setIsOpen(!isOpen)}
            >
              <Icon name="chevron" />
            </button>
            <When at={endedAt} />
          </span>
        </th>
        <td data-label={t.columns.by}>
          <span class="two-lines">
            {actorText(entry, people, viewer)}
            {entry.actor === null && <span class="second">{t.reported}</span>}
          </span>
        </td>
        <td data-label={t.columns.user}>
          <UserLink userId={entry.userId} people={people} />
        </td>
        <td data-label={t.columns.session}>
          <span class="two-lines">
            {application}
            <code class="second" title={entry.sessionId}>
              {shortId(entry.sessionId)}
            </code>
          </span>
        </td>
        <td data-label={t.columns.device}>{deviceName(entry.device) ?? texts.none}</td>
        <td data-label={t.columns.reason}>
          <ReasonText reason={entry.reason} rule={entry.policyRule?.name ?? null} />
        </td>
        <td data-label={t.columns.comment}>{plain(entry.comment) ?? texts.none}</td>
        <td data-label={t.columns.outcome}>
          <Badge kind={outcomeKinds[entry.outcome]}>{outcomeTexts[entry.outcome]}</Badge>
        </td>
      </tr>
      {isOpen && <Details entry={entry} />}
    </>
  );
}

const maxEntries = 500;

function Details({ entry }: Pick<Props, 'entry'>) {
  const { requestId } = entry;
  const { data, isLoading } = useQuery(
    ConsoleHistory,
    requestId === null ? null : { filter: { requestId }, first: maxEntries },
  );
  const others = (data?.sessionHistory.entries ?? []).filter(({ id }) => id !== entry.id);
  const people = usePeople(others.map(({ userId }) => userId));
  return (
    <tr class="details">
      <td colSpan={8}>
        <dl class="facts across">
          <div>
            <dt>{t.sessionId}</dt>
            <dd>
              <CopyText text={entry.sessionId} what={t.sessionId} />
            </dd>
          </div>
          {entry.requestId !== null && (
            <div>
              <dt>{t.requestId}</dt>
              <dd>
                <CopyText text={entry.requestId} what={t.requestId} />
              </dd>
            </div>
          )}
          {entry.replacedBySessionId !== null && (
            <div>
              <dt>{t.replacedBy}</dt>
              <dd>
                <CopyText text={entry.replacedBySessionId} what={t.replacedBy} />
              </dd>
            </div>
          )}
        </dl>
        {entry.requestId !== null && (
          <>
            <p>{isLoading ? texts.loading : t.sameRequest(others.length)}</p>
            <ul class="same-request">
              {others.map((other) => (
                <li key={other.id}>
                  <UserLink userId={other.userId} people={people} />
                  <code title={other.sessionId}>{shortId(other.sessionId)}</code>
                  <span class="second">
                    {[deviceName(other.device), other.applicationId === null ? texts.sessions.sso : null]
                      .filter((part) => part !== null)
                      .join(', ')}
                  </span>
                </li>
              ))}
            </ul>
          </>
        )}
      </td>
    </tr>
  );
}
