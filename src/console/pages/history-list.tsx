import { useState } from 'preact/hooks';
import type { SessionHistoryFilter } from '../../operations/operations.js';
import { ConsoleHistory } from '../api/documents.js';
import { BusyButton } from '../parts/busy-button.js';
import { ColumnHeads } from '../parts/column-heads.js';
import { Empty } from '../parts/empty.js';
import { FailureNote } from '../parts/failure-note.js';
import { When } from '../parts/when.js';
import { useAnnounced } from '../state/announcements.js';
import { useApplicationNames } from '../state/application-names.js';
import type { HistoryEntry } from '../state/endings.js';
import { usePeople } from '../state/people.js';
import { useQuery } from '../state/query.js';
import { counted, texts } from '../texts.js';
import { HistoryRow } from './history-row.js';

interface Props {
  readonly filter: SessionHistoryFilter;
  readonly isFiltered: boolean;
}

const pageSize = 50;
const t = texts.history;

/** Begins anew with another filter, of whose rows none is known yet. */
export function HistoryList(props: Props) {
  const applications = useApplicationNames();
  return <Entries key={JSON.stringify(props.filter)} {...props} applications={applications} />;
}

interface EntriesProps extends Props {
  readonly applications: ReadonlyMap<string, string | null>;
}

function Entries({ filter, isFiltered, applications }: EntriesProps) {
  const [after, setAfter] = useState<string | null>(null);
  const [earlier, setEarlier] = useState<readonly HistoryEntry[]>([]);
  const { data, failure, isLoading, refetch } = useQuery(ConsoleHistory, { filter, first: pageSize, after });
  const page = data?.sessionHistory;
  const entries = [...new Map([...earlier, ...(page?.entries ?? [])].map((entry) => [entry.id, entry])).values()];
  const people = usePeople(entries.flatMap(({ userId, actor }) => [userId, actor?.userId]));
  const emptyTitle = isFiltered ? t.filteredTitle : t.emptyTitle;
  useAnnounced(page === undefined ? null : entries.length === 0 ? emptyTitle : counted(entries.length, ...t.entries));

  const note = failure !== null && <FailureNote failure={failure} onRetry={refetch} />;
  if (note !== false && entries.length === 0) return note;
  if (page === undefined && note === false) return <p class="second">{texts.loading}</p>;
  if (entries.length === 0) {
    return (
      <Empty
        icon={isFiltered ? 'search' : 'clock'}
        title={emptyTitle}
        help={isFiltered ? t.filteredHelp : t.emptyHelp}
      />
    );
  }
  const more = () => {
    setEarlier(entries);
    setAfter(entries.at(-1)?.id ?? null);
  };
  return (
    <>
      <div class="table-box">
        <table class="stacking history">
          <caption class="hidden">{t.caption}</caption>
          <ColumnHeads columns={t.columns} />
          <tbody>
            {entries.map((entry) => (
              <HistoryRow key={entry.id} entry={entry} people={people} applications={applications} />
            ))}
          </tbody>
        </table>
      </div>
      {note}
      <div class="table-foot">
        {page !== undefined && (
          <span class="second">
            {t.keptSince('').replace(/ \.$/, ' ')}
            <When at={page.keptSince} style="short" />
          </span>
        )}
        {page?.hasMore === true && (
          <BusyButton isBusy={isLoading} onClick={more}>
            {t.more}
          </BusyButton>
        )}
      </div>
    </>
  );
}
