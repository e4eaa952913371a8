import { useLayoutEffect, useRef, useState } from 'preact/hooks';
import { shortId } from '../ids.js';
import { deviceIcon, Icon } from '../parts/icon.js';
import { useApplicationNames } from '../state/application-names.js';
import type { EndedItem } from '../state/ended.js';
import type { Session } from '../state/session-list.js';
import { texts } from '../texts.js';
import { sessionName } from './session-row.js';

interface Props {
  readonly ended: readonly EndedItem[];
  readonly total: number;
  readonly sessions: readonly Session[];
}

/** The sessions that would end, as the service says. */
export function EndingList({ ended, total, sessions }: Props) {
  const known = new Map(sessions.map((session) => [session.id, session]));
  // As in the table: the newest first.
  const shown = [...ended].reverse();
  const applications = useApplicationNames();
  const box = useRef<HTMLElement>(null);
  const [scrolls, setScrolls] = useState(false);
  // Many sessions do, and few with long names.
  useLayoutEffect(() => setScrolls(box.current !== null && box.current.scrollHeight > box.current.clientHeight));
  return (
    // What scrolls can be scrolled with keys.
    <section ref={box} class="ending-list" aria-label={texts.end.list} {...(scrolls && { tabIndex: 0 })}>
      <ul>
        {shown.map(({ sessionId, applicationId }) => {
          const session = known.get(sessionId);
          const isSso = applicationId === null;
          return (
            <li key={sessionId}>
              <Icon name={isSso ? 'key' : deviceIcon(session?.device.type ?? null)} />
              <span>
                {session === undefined
                  ? texts.end.session(
                      shortId(sessionId),
                      isSso ? texts.sessions.sso.toLowerCase() : (applications.get(applicationId) ?? applicationId),
                    )
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
