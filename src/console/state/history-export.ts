import type { SessionHistoryFilter } from '../../operations/operations.js';
import { ConsoleHistory, ConsoleUsers } from '../api/documents.js';
import { run } from '../api/run.js';
import { csvOf } from '../csv.js';
import { deviceName, nameOf } from '../names.js';
import { outcomeTexts, reasonTexts, texts } from '../texts.js';
import { chunksOf } from './chunks.js';
import type { HistoryEntry } from './endings.js';
import { currentTime } from './now.js';

const pageSize = 500;
/** One file of this size opens in any spreadsheet. */
export const maxExported = 10_000;
const usersOfCall = 100;
/** How long the browser may take to save the file. */
const keptMs = 60_000;

/**
 * Has the browser save the entries that match as CSV.
 * @returns whether there are more than a file holds.
 */
export async function exportHistory(filter: SessionHistoryFilter): Promise<boolean> {
  const entries: HistoryEntry[] = [];
  let after: string | null = null;
  let hasMore = true;
  while (hasMore && entries.length < maxExported) {
    const page: Awaited<ReturnType<typeof pageAfter>> = await pageAfter(filter, after);
    entries.push(...page.entries);
    hasMore = page.hasMore && page.entries.length > 0;
    after = page.entries.at(-1)?.id ?? null;
  }
  const names = await namesOf(entries);
  const lines = [texts.history.csv, ...entries.map((entry) => lineOf(entry, names))];
  save(csvOf(lines));
  return hasMore;
}

async function pageAfter(filter: SessionHistoryFilter, after: string | null) {
  return (await run(ConsoleHistory, { filter, first: pageSize, after })).sessionHistory;
}

async function namesOf(entries: readonly HistoryEntry[]): Promise<ReadonlyMap<string, string>> {
  const ids = [...new Set(entries.flatMap(({ userId, actor }) => [userId, actor?.userId ?? userId]))];
  const names = new Map<string, string>();
  for (const some of chunksOf(ids, usersOfCall)) {
    const { users } = await run(ConsoleUsers, { ids: [...some] });
    for (const user of users) if (user !== null) names.set(user.id, user.email ?? nameOf(user));
  }
  return names;
}

function lineOf(entry: HistoryEntry, names: ReadonlyMap<string, string>): readonly string[] {
  const { endedAt, recordedAt, outcome, actor, userId, sessionId, device, applicationId, reason, comment, requestId } =
    entry;
  const by = actor?.userId == null ? (actor?.name ?? '') : (names.get(actor.userId) ?? actor.name);
  return [
    endedAt ?? recordedAt,
    by,
    actor?.kind ?? '',
    userId,
    names.get(userId) ?? '',
    sessionId,
    deviceName(device) ?? '',
    applicationId ?? '',
    reasonTexts[reason],
    comment ?? '',
    requestId ?? '',
    outcomeTexts[outcome],
  ];
}

function save(csv: string): void {
  // With a mark by which spreadsheets know UTF-8.
  const url = URL.createObjectURL(new Blob(['\uFEFF', csv], { type: 'text/csv;charset=utf-8' }));
  const link = document.createElement('a');
  link.href = url;
  link.download = `session-history-${new Date(currentTime()).toISOString().slice(0, 10)}.csv`;
  link.click();
  // Some browsers begin to read it only after the click.
  setTimeout(() => URL.revokeObjectURL(url), keptMs);
}
