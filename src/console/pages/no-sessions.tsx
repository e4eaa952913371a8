import { Empty } from '../parts/empty.js';
import { texts } from '../texts.js';

interface Props {
  readonly isFiltered: boolean;
  readonly onClear: () => void;
}

const t = texts.sessions;

/** In place of the sessions of a user: why there are none. */
export function NoSessions({ isFiltered, onClear }: Props) {
  if (!isFiltered) return <Empty icon="key" title={t.emptyTitle} help={t.emptyHelp} />;
  return (
    <Empty icon="search" title={t.filteredTitle}>
      <button type="button" class="button" onClick={onClear}>
        {t.clearFilters}
      </button>
    </Empty>
  );
}
