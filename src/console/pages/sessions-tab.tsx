import { useEffect, useMemo, useRef, useState } from 'preact/hooks';
import type { SessionOrder } from '../../operations/operations.js';
import type { SessionEvent } from '../api/stream.js';
import { nameOf } from '../names.js';
import { BusyButton } from '../parts/busy-button.js';
import { FailureNote } from '../parts/failure-note.js';
import { Notice } from '../parts/notice.js';
import { useEndedHere } from '../state/ended-here.js';
import type { Selection } from '../state/ending.js';
import { type EndingNote, useEndings, usePeopleOf } from '../state/endings.js';
import { noteEnded } from '../state/jobs.js';
import { useEvents } from '../state/live.js';
import { currentTime } from '../state/now.js';
import { afterAllOf, useSessionList } from '../state/session-list.js';
import { mayFor, useViewer } from '../state/viewer.js';
import { texts } from '../texts.js';
import { EndDialog } from './end-dialog.js';
import { type Limit, LimitNotice, limitsBySession } from './limits.js';
import { NoSessions } from './no-sessions.js';
import { type Filters, filterOf, noFilters, SessionFilters } from './session-filters.js';
import { SessionTable } from './session-table.js';
import { SessionToolbar } from './session-toolbar.js';
import type { UserOfPage } from './user-head.js';

const t = texts.sessions;
const newestFirst: SessionOrder = { field: 'CREATED_AT', direction: 'DESC' };
/** FusionAuth reports a sign-in before the session exists, and several sessions may end together. */
const settledMs = 1_000;

interface Props {
  readonly user: UserOfPage;
  readonly limits: readonly Limit[];
  /** The number of sessions is another one. */
  readonly onChange: () => void;
}

export function SessionsTab({ user, limits, onChange }: Props) {
  const viewer = useViewer();
  const name = nameOf(user);
  const [filters, setFilters] = useState<Filters>(noFilters);
  const [order, setOrder] = useState<SessionOrder>(newestFirst);
  const filter = useMemo(() => filterOf(filters, currentTime()), [filters]);
  const list = useSessionList(user.id, filter, order);
  const [selected, setSelected] = useState<ReadonlySet<string>>(new Set());
  const [toEnd, setToEnd] = useState<Selection | null>(null);
  const { notes, lookUp } = useEndings(user.id);
  const [seen, setSeen] = useState<ReadonlyMap<string, EndingNote>>(new Map());
  /** Those that the newest count leaves out. */
  const [countedWithout, setCountedWithout] = useState<ReadonlySet<string>>(new Set());
  const seenNow = useRef(seen);
  seenNow.current = seen;
  const box = useRef<HTMLDivElement>(null);

  useEffect(() => {
    setSelected(new Set());
    setSeen(new Map());
  }, [filter, order]);

  const { loaded } = list;
  // What was selected while other rows were on their way would end unseen.
  useEffect(() => {
    const shown = new Set(loaded?.rows.map(({ id }) => id));
    setSelected((before) => (before.size === 0 ? before : new Set([...before].filter((id) => shown.has(id)))));
  }, [loaded]);

  const settled = useRef<ReturnType<typeof setTimeout> | undefined>(undefined);
  useEffect(() => () => clearTimeout(settled.current), []);
  const changed = () => {
    clearTimeout(settled.current);
    settled.current = setTimeout(() => {
      const ids = new Set(seenNow.current.keys());
      list.lookForNew(() => setCountedWithout(ids));
      onChange();
    }, settledMs);
  };
  const note = (ids: readonly string[], ending: EndingNote) => {
    setSeen((before) => new Map([...ids.map((id) => [id, ending] as const), ...before]));
    setSelected((before) => new Set([...before].filter((id) => !ids.includes(id))));
    lookUp();
    changed();
  };

  const rows = list.loaded?.rows ?? [];
  const onEvent = (event: SessionEvent) => {
    if (event.type === 'SESSION_STARTED') changed();
    if (event.type !== 'SESSION_REVOKED') return;
    const concerned =
      event.sessionId === null
        ? rows.filter(({ applicationId }) => event.applicationId === null || applicationId === event.applicationId)
        : rows.filter(({ id }) => id === event.sessionId);
    if (event.sessionId !== null) noteEnded(user.id, event.sessionId);
    const { occurredAt, reason, initiatingEntity } = event;
    const ending = {
      endedAt: occurredAt,
      reason: reason ?? 'OTHER',
      initiatingEntity: initiatingEntity ?? 'SYSTEM',
      actor: null,
    };
    note(
      concerned.map(({ id }) => id),
      ending,
    );
  };
  const onBack = () => {
    list.reload();
    onChange();
  };
  useEvents({ userIds: [user.id], types: ['SESSION_STARTED', 'SESSION_REVOKED'] }, { onEvent, onBack });

  // What this page ends is known without events, too.
  const endedHere = useEndedHere(user.id);
  useEffect(() => {
    for (const [reason, ids] of endedHere) {
      const actor = { kind: 'USER' as const, name: viewer.name, userId: viewer.userId };
      note(ids, { endedAt: new Date(currentTime()).toISOString(), reason, initiatingEntity: 'ADMIN', actor });
    }
  }, [endedHere]);

  // New rows wait while somebody points at the table or works in it.
  const { arrived, showArrived } = list;
  useEffect(() => {
    const isInUse = box.current?.matches(':hover, :focus-within') === true || selected.size > 0;
    if (arrived.length > 0 && !isInUse) showArrived();
  }, [arrived]);

  const known = useMemo(() => new Map([...seen].map(([id, ending]) => [id, notes.get(id) ?? ending])), [seen, notes]);
  const people = usePeopleOf(known.values());
  const mayRevoke = mayFor(viewer, 'session:revoke', user.id);
  const mayBulk = mayFor(viewer, 'session:bulk', user.id);
  const isFiltered = filters !== noFilters;
  const newlyOver = rows.filter(({ id }) => known.has(id) && !countedWithout.has(id)).length;
  const total = Math.max(0, (list.loaded?.totalCount ?? 0) - newlyOver);

  return (
    <section aria-label={t.caption(name)}>
      <SessionFilters filters={filters} rows={rows} onChange={setFilters} />
      {!mayRevoke && !mayBulk && <Notice kind="info" title={t.noRevoke} />}
      {mayRevoke && !mayBulk && <Notice kind="info" title={t.noBulk} />}
      {list.failure !== null && <FailureNote failure={list.failure} onRetry={list.reload} />}
      <LimitNotice limits={limits} />
      {list.loaded?.truncated === true && <Notice kind="warning" title={t.cap} />}
      {list.loaded === null ? (
        list.isLoading && <p class="second">{texts.loading}</p>
      ) : rows.length === 0 && arrived.length === 0 ? (
        <NoSessions isFiltered={isFiltered} onClear={() => setFilters(noFilters)} />
      ) : (
        <div ref={box}>
          <SessionToolbar
            shown={rows.filter(({ id }) => !known.has(id)).length}
            total={total}
            selected={selected.size}
            arrived={arrived.length}
            mayBulk={mayBulk}
            onArrived={showArrived}
            onClear={() => setSelected(new Set())}
            onEndSelected={() => setToEnd({ kind: 'ids', sessionIds: [...selected] })}
            onEndAll={() =>
              setToEnd({
                kind: 'matching',
                filter,
                before: afterAllOf(rows),
                count: total,
              })
            }
          />
          <SessionTable
            caption={t.caption(name)}
            rows={rows}
            endings={known}
            people={people}
            newestId={user.newest.nodes[0]?.id ?? null}
            limits={limitsBySession(limits)}
            order={order}
            onOrder={setOrder}
            selected={selected}
            onSelect={setSelected}
            maySelect={mayBulk}
            mayEnd={mayRevoke || mayBulk}
            onEnd={(id) => setToEnd({ kind: 'ids', sessionIds: [id] })}
          />
          {list.loaded.hasMore && (
            <div class="table-foot">
              <span class="second">{t.shown(rows.filter(({ id }) => !known.has(id)).length, total)}</span>
              <BusyButton isBusy={list.isLoading} onClick={list.loadMore}>
                {t.more}
              </BusyButton>
            </div>
          )}
        </div>
      )}
      {toEnd !== null && (
        <EndDialog
          userId={user.id}
          userName={name}
          selection={toEnd}
          sessions={rows}
          mayBulk={mayBulk}
          onClose={() => setToEnd(null)}
        />
      )}
    </section>
  );
}
