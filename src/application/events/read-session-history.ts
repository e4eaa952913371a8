import type { HistoryEntry, HistoryFilter, SessionHistory } from '../../domain/ports/session-history.js';
import type { Instant } from '../../domain/session.js';
import { visibilityOf } from '../authorization/visibility.js';
import type { OperationScope } from '../operation/operation-scope.js';

interface HistoryPage {
  readonly entries: readonly HistoryEntry[];
  readonly hasMore: boolean;
  /** Entries that were recorded before this instant are not kept, or may be missing. */
  readonly keptSince: Instant;
}

/** The size of further pages, once a page has held entries of others. */
const entriesOfNextPage = 500;

/** Reads the history of endings and failed revocations that a caller may see. */
export class ReadSessionHistory {
  constructor(private readonly history: SessionHistory) {}

  /** @throws ForbiddenError when the caller may not know; InvalidInputError when `after` is no entry. */
  async page(
    scope: Pick<OperationScope, 'caller' | 'tenantId' | 'work'>,
    filter: HistoryFilter,
    first: number,
    after: string | null,
  ): Promise<HistoryPage> {
    const isVisible = visibilityOf(scope, 'audit:read');
    const keptSince = await this.history.keptSince();
    const visible: HistoryEntry[] = [];
    const onLookedAt = (entries: number) => scope.work.scan(entries);
    for (let last = after, count = first + 1; ; count = entriesOfNextPage) {
      const entries = await this.history.list(filter, count, last, onLookedAt);
      scope.work.readHistory(entries.length);
      visible.push(...entries.filter((entry) => isVisible(entry)));
      const oldest = entries.at(-1);
      if (oldest === undefined || entries.length < count || visible.length > first) break;
      last = oldest.id;
    }
    return { entries: visible.slice(0, first), hasMore: visible.length > first, keptSince };
  }
}
