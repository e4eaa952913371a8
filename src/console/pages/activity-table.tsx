import type { SessionEvent } from '../api/stream.js';
import { deviceName } from '../names.js';
import { Badge, type BadgeKind } from '../parts/badge.js';
import { ColumnHeads } from '../parts/column-heads.js';
import { Notice } from '../parts/notice.js';
import { ReasonText } from '../parts/reason-text.js';
import { UserLink } from '../parts/user-link.js';
import { When } from '../parts/when.js';
import { useApplicationNames } from '../state/application-names.js';
import { actorText, type EndingNote, usePeopleOf } from '../state/endings.js';
import { usePeople } from '../state/people.js';
import { useViewer } from '../state/viewer.js';
import { eventTexts, texts } from '../texts.js';
import { exactTime } from '../times.js';

/** While the connection was away. */
export interface Gap {
  readonly from: number;
  readonly to: number;
  readonly mayBeMissing: boolean;
}

export type Line = { readonly key: string } & (
  | { readonly kind: 'event'; readonly event: SessionEvent }
  | { readonly kind: 'gap'; readonly gap: Gap }
);

interface Props {
  readonly lines: readonly Line[];
  readonly notes: ReadonlyMap<string, EndingNote>;
}

const t = texts.activity;
const columnCount = 7;

const kinds: Readonly<Record<SessionEvent['type'], BadgeKind>> = {
  SESSION_STARTED: 'ok',
  SESSION_REFRESHED: 'neutral',
  SESSION_REVOKED: 'danger',
  SESSION_LIMIT_EXCEEDED: 'warning',
};

export function ActivityTable({ lines, notes }: Props) {
  const viewer = useViewer();
  const applications = useApplicationNames();
  const people = usePeople(lines.map((line) => (line.kind === 'event' ? line.event.userId : null)));
  usePeopleOf(notes.values());

  return (
    <div class="table-box">
      <table class="stacking activity">
        <caption class="hidden">{t.caption}</caption>
        <ColumnHeads columns={t.columns} />
        <tbody>
          {lines.map((line) => {
            if (line.kind === 'gap') return <GapRow key={line.key} gap={line.gap} />;
            const { event } = line;
            const note = event.sessionId === null ? undefined : notes.get(event.sessionId);
            const by =
              note ??
              (event.initiatingEntity === null
                ? null
                : { ...event, initiatingEntity: event.initiatingEntity, actor: null });
            return (
              <tr key={line.key} data-row tabIndex={-1}>
                <th scope="row">
                  <When at={event.occurredAt} style="exact" />
                </th>
                <td data-label={t.columns.what}>
                  <Badge kind={kinds[event.type]}>{eventTexts[event.type]}</Badge>
                </td>
                <td data-label={t.columns.user}>
                  {event.userId === null ? t.everyUser : <UserLink userId={event.userId} people={people} />}
                </td>
                <td data-label={t.columns.application}>
                  {event.applicationId === null
                    ? texts.none
                    : (applications.get(event.applicationId) ?? event.applicationId)}
                </td>
                <td data-label={t.columns.device}>{deviceName(event.device) ?? texts.none}</td>
                <td data-label={t.columns.by}>{by === null ? texts.none : actorText(by, people, viewer)}</td>
                <td data-label={t.columns.reason}>
                  <ReasonText reason={event.reason} rule={event.policyRule?.name ?? null} />
                </td>
              </tr>
            );
          })}
        </tbody>
      </table>
    </div>
  );
}

function GapRow({ gap }: { readonly gap: Gap }) {
  const times = [exactTime(gap.from, gap.to), exactTime(gap.to, gap.to)] as const;
  return (
    <tr class="gap">
      <td colSpan={columnCount}>
        <Notice
          kind={gap.mayBeMissing ? 'warning' : 'info'}
          title={gap.mayBeMissing ? t.gapUnsure(...times) : t.gapSure(...times)}
        />
      </td>
    </tr>
  );
}
