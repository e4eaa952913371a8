import { useEffect, useState } from 'preact/hooks';
import type { SessionEventType } from '../../operations/operations.js';
import type { SessionEvent } from '../api/stream.js';
import { Empty } from '../parts/empty.js';
import { SelectField } from '../parts/field.js';
import { Icon } from '../parts/icon.js';
import { Notice } from '../parts/notice.js';
import { useTitle } from '../parts/title.js';
import { useEndings } from '../state/endings.js';
import { liveStatus, paused, useEvents } from '../state/live.js';
import { currentTime } from '../state/now.js';
import { useStore } from '../state/store.js';
import { may, useViewer } from '../state/viewer.js';
import { eventTexts, texts } from '../texts.js';
import { ActivityTable, type Gap, type Line } from './activity-table.js';

const firstEvents = 50;
const maxLines = 500;
const t = texts.activity;
const types = ['SESSION_REVOKED', 'SESSION_STARTED', 'SESSION_REFRESHED', 'SESSION_LIMIT_EXCEEDED'] as const;

/** The newest first, each once. */
function withLines(before: readonly Line[], added: readonly Line[]): readonly Line[] {
  const known = new Set(before.map(({ key }) => key));
  return [...added.filter(({ key }) => !known.has(key)).reverse(), ...before].slice(0, maxLines);
}

export function ActivityPage() {
  const viewer = useViewer();
  const [lines, setLines] = useState<readonly Line[]>([]);
  const [held, setHeld] = useState<readonly Line[]>([]);
  const isPaused = useStore(paused);
  const [type, setType] = useState<SessionEventType | ''>('');
  const { notes, lookUp } = useEndings(null);
  const status = useStore(liveStatus);
  useTitle(t.title);
  useEffect(() => () => paused.set(false), []);

  const add = (line: Line) => {
    if (paused.get()) setHeld((before) => [...before, line].slice(-maxLines));
    else setLines((before) => withLines(before, [line]));
  };
  useEvents(
    { last: firstEvents },
    {
      onEvent(event: SessionEvent) {
        add({ kind: 'event', key: event.id, event });
        if (event.type === 'SESSION_REVOKED') lookUp();
      },
      onBack(from, mayBeMissing) {
        const gap: Gap = { from, to: currentTime(), mayBeMissing };
        add({ kind: 'gap', key: `gap ${from}`, gap });
      },
    },
  );
  const pause = () => {
    paused.set(!isPaused);
    if (isPaused) {
      setLines((before) => withLines(before, held));
      setHeld([]);
    }
  };

  const shown = type === '' ? lines : lines.filter((line) => line.kind === 'gap' || line.event.type === type);
  const count = shown.filter((line) => line.kind === 'event').length;
  return (
    <>
      <div class="page-head with-actions">
        <div>
          <h1>{t.title}</h1>
          <p class="lead">{t.lead}</p>
        </div>
        <form class="filters" aria-label={t.filterLabel} onSubmit={(event) => event.preventDefault()}>
          <SelectField
            label={t.filter}
            value={type}
            options={[{ value: '', label: t.all }, ...types.map((value) => ({ value, label: eventTexts[value] }))]}
            onChange={(value) => setType(types.find((one) => one === value) ?? '')}
          />
          <button type="button" class="button" onClick={pause}>
            <Icon name={isPaused ? 'play' : 'pause'} /> {isPaused ? t.goOn(held.length) : t.pause}
          </button>
        </form>
      </div>
      {!may(viewer, 'event:subscribe') && <Notice kind="info" title={t.noPermission} />}
      {count === 0 && status !== 'connecting' && (
        <Empty icon="clock" title={type === '' ? t.emptyTitle : t.filteredTitle} help={t.emptyHelp} />
      )}
      {shown.length > 0 && <ActivityTable lines={shown} notes={notes} />}
    </>
  );
}
