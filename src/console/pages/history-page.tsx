import { useMemo, useState } from 'preact/hooks';
import type { SessionHistoryFilter } from '../../operations/operations.js';
import { type ApiFailure, asFailure } from '../api/failure.js';
import { isId } from '../ids.js';
import { plain } from '../names.js';
import { BusyButton } from '../parts/busy-button.js';
import { Empty } from '../parts/empty.js';
import { FailureNote } from '../parts/failure-note.js';
import { SelectField, TextField } from '../parts/field.js';
import { Icon } from '../parts/icon.js';
import { Notice } from '../parts/notice.js';
import { PersonField } from '../parts/person-field.js';
import { useTitle } from '../parts/title.js';
import { exportHistory, maxExported } from '../state/history-export.js';
import { hrefOf, replaceWith } from '../state/router.js';
import { may, useViewer } from '../state/viewer.js';
import { reasonTexts, texts } from '../texts.js';
import { HistoryList } from './history-list.js';

const t = texts.history;
const names = ['user', 'by', 'reason', 'since', 'until'] as const;
const reasons = Object.entries(reasonTexts).map(([value, label]) => ({ value, label }));

export function HistoryPage({ filters }: { readonly filters: URLSearchParams }) {
  const viewer = useViewer();
  useTitle(t.title);
  const key = `${filters}`;
  const filter = useMemo(() => filterOf(new URLSearchParams(key)), [key]);
  const given = (name: (typeof names)[number]) => filters.get(name) ?? '';
  const set = (name: (typeof names)[number], value: string) => {
    const next = new URLSearchParams(filters);
    if (value === '') next.delete(name);
    else next.set(name, value);
    replaceWith(hrefOf.history(next));
  };
  if (!may(viewer, 'audit:read')) return <Empty isPage icon="info" title={t.noPermission} />;
  const ignored = ignoredIn(filters);
  const isFiltered = names.some((name) => filters.has(name)) || ignored.length > 0;
  return (
    <>
      <div class="page-head with-actions">
        <div>
          <h1>{t.title}</h1>
          <p class="lead">{t.lead}</p>
        </div>
        <Export filter={filter} />
      </div>
      <form class="filters" aria-label={t.filters.label} onSubmit={(event) => event.preventDefault()}>
        <PersonField label={t.filters.user} value={given('user')} onChange={(user) => set('user', user)} />
        <PersonField label={t.filters.by} value={given('by')} other={texts.service} onChange={(by) => set('by', by)} />
        <SelectField
          label={t.filters.reason}
          value={given('reason')}
          options={[{ value: '', label: t.filters.anyReason }, ...reasons]}
          onChange={(reason) => set('reason', reason)}
        />
        <TextField
          label={t.filters.since}
          type="date"
          value={given('since')}
          onChange={(since) => set('since', since)}
        />
        <TextField
          label={t.filters.until}
          type="date"
          value={given('until')}
          onChange={(until) => set('until', until)}
        />
        {isFiltered && (
          <button type="button" class="button" onClick={() => replaceWith(hrefOf.history())}>
            {t.filters.clear}
          </button>
        )}
      </form>
      {ignored.length > 0 && <Notice kind="warning" role="alert" title={t.filters.ignored(ignored)} />}
      <HistoryList filter={filter} isFiltered={isFiltered} />
    </>
  );
}

const maxShownCharacters = 60;

/** What an address that somebody typed or cut off asks for, and no filter can. */
function ignoredIn(filters: URLSearchParams): readonly string[] {
  const all = [...filters];
  return all
    .filter(([name, value], index) => {
      const isRepeated = all.findIndex(([other]) => other === name) !== index;
      return value !== '' && (isRepeated || !isUnderstood(name, value));
    })
    .map(([name, value]) => (plain(`${name}=${value}`) ?? name).slice(0, maxShownCharacters));
}

function isUnderstood(name: string, value: string): boolean {
  if (name === 'user') return isId(value);
  if (name === 'reason') return isReason(value);
  if (name === 'since' || name === 'until') return dayOf(value) !== null;
  return names.some((known) => known === name);
}

/** Days are those of the zone in which times are shown, and both are included. */
function filterOf(filters: URLSearchParams): SessionHistoryFilter {
  const [userId, actorName, since, until] = ['user', 'by', 'since', 'until'].map((name) => filters.get(name) ?? '');
  const reason = reasonOf(filters.get('reason'));
  const from = dayOf(since);
  const to = dayOf(until);
  to?.setDate(to.getDate() + 1);
  // Where clocks go forward at midnight, the day began at one.
  to?.setHours(0, 0, 0, 0);
  return {
    ...(userId !== undefined && isId(userId) ? { userId } : {}),
    ...(actorName === '' || actorName === undefined
      ? {}
      : isId(actorName)
        ? { actorUserId: actorName }
        : { actorName }),
    ...(reason === null ? {} : { reason }),
    ...(from === null ? {} : { since: from.toISOString() }),
    ...(to === null ? {} : { until: to.toISOString() }),
  };
}

function reasonOf(text: string | null): SessionHistoryFilter['reason'] {
  return text !== null && isReason(text) ? text : null;
}

function isReason(text: string): text is keyof typeof reasonTexts {
  return Object.hasOwn(reasonTexts, text);
}

/** People write 9999 for a day that never comes, and the service takes no instant after it. */
const lastYear = 9_998;

/** Null for what is no day as its field has it. Of 30 February a browser would make a day of March. */
function dayOf(text: string | undefined): Date | null {
  const day = /^\d{4,6}-\d\d-(\d\d)$/.exec(text ?? '')?.[1];
  const date = new Date(`${text}T00:00:00`);
  if (date.getDate() !== Number(day)) return null;
  if (date.getFullYear() > lastYear) date.setFullYear(lastYear);
  return date;
}

function Export({ filter }: { readonly filter: SessionHistoryFilter }) {
  const [isExporting, setIsExporting] = useState(false);
  const [isCapped, setIsCapped] = useState(false);
  const [failure, setFailure] = useState<ApiFailure | null>(null);
  const onClick = async () => {
    setIsExporting(true);
    setFailure(null);
    try {
      setIsCapped(await exportHistory(filter));
    } catch (error) {
      setFailure(asFailure(error));
    }
    setIsExporting(false);
  };
  return (
    <div class="export">
      <BusyButton isBusy={isExporting} onClick={() => void onClick()}>
        <Icon name="download" /> {isExporting ? t.exporting : t.export}
      </BusyButton>
      {isCapped && <Notice kind="info" role="status" title={t.exportCapped(maxExported)} />}
      {failure !== null && <FailureNote failure={failure} />}
    </div>
  );
}
