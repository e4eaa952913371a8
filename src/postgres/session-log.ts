import { StoreUnavailableError } from '../domain/errors.js';
import type { LogEntry, Publication, Published, SessionLog } from '../domain/ports/session-log.js';
import type { Instant } from '../domain/session.js';
import type { AnnouncedEndings } from './announced-endings.js';
import { Batches } from './batches.js';
import type { Database } from './database.js';
import { jsonText } from './json-text.js';
import type { KeptEntries } from './kept-entries.js';
import type { LogReader } from './log-reader.js';
import { type PageRow, pageEntries, pageOf } from './log-source.js';
import type { PublicationsUnderWay } from './publications-under-way.js';
import { entryColumns, textOf } from './rows.js';

interface PostgresSessionLogParts {
  readonly database: Database;
  readonly reader: LogReader;
  readonly kept: KeptEntries;
  /** The publications of this process that are under way. */
  readonly underWay: PublicationsUnderWay;
  /** Those of this process, whose publications come soon. */
  readonly announced: AnnouncedEndings;
  readonly now: () => Instant;
  /** Called when entries had to be dropped, which nobody will publish. */
  readonly onLost: () => void;
}

const maxBatchItems = 500;

/** How many publications may wait: about 10 MB. A further one fails as if the store were away. */
const maxWaiting = 20_000;

/** What was published, and the log after a position that was asked after. */
type PublishedRow = {
  readonly published: {
    /** Ordinal and position of what was added. */
    readonly added: readonly (readonly [number, number])[];
    /** Deliveries that were not claimed before. */
    readonly deliveries: readonly string[];
  };
} & (PageRow | { readonly epoch: null });

/** The outcome of one publication of a batch: the position of its last entry, or null when everything was known. */
interface Outcome {
  readonly position: number | null;
  readonly isKnown: boolean;
}

/** The log in the database. This process publishes in batches, one after the other. */
export class PostgresSessionLog implements SessionLog {
  readonly #batches: Batches<Publication, Outcome>;

  constructor(private readonly parts: PostgresSessionLogParts) {
    this.#batches = new Batches({
      run: (publications) => this.#publishAll(publications),
      maxItems: maxBatchItems,
      maxWaiting,
      keysOf: claimsOf,
      refuse: () => new StoreUnavailableError(),
    });
  }

  publish(publication: Publication): Promise<Published> {
    return this.parts.underWay.during(publication, this.#publish(publication));
  }

  async #publish(publication: Publication): Promise<Published> {
    let outcome: Outcome;
    const { entries, delivery } = publication;
    if (delivery === null && entries.every(hasEnding)) await this.parts.announced.settled();
    try {
      outcome = await this.#batches.add(publication);
    } catch (error) {
      if (error instanceof StoreUnavailableError && this.#keep(publication)) return 'kept';
      throw error;
    }
    const { position } = outcome;
    if (position !== null) {
      const { reader } = this.parts;
      await reader.reach(position);
      // The database may go back to an earlier state before anybody reads the publication, so it is kept, and published
      // once more then.
      if (reader.position < position) this.#keep(publication);
    }
    return outcome.isKnown ? 'known' : 'published';
  }

  /** Publishes kept entries, in bounded batches. Never rejects: entries that cannot be published stay. */
  async publishKept(): Promise<void> {
    const { kept } = this.parts;
    try {
      for (let entries = kept.first(maxBatchItems); entries.length > 0; entries = kept.first(maxBatchItems)) {
        await this.#publishAll(entries.map(([, entry]) => ({ entries: [entry], delivery: null })));
        // This process applies them until it has read them in the log.
        await this.parts.reader.catchUp();
        kept.remove(entries);
      }
    } catch {
      // Tried again when the database can be reached.
    }
  }

  /** Resolves when nothing is under way. */
  async settled(): Promise<void> {
    await this.parts.announced.settled();
    await this.#batches.settled();
  }

  /** Keeps endings only, which are safe to publish again. FusionAuth repeats its own reports. */
  #keep({ entries, delivery }: Publication): boolean {
    const { kept, onLost } = this.parts;
    if (delivery !== null || entries.length === 0 || !entries.every(hasEnding)) return false;
    const isKept = entries.filter(hasEnding).every((entry) => kept.keep(entry));
    if (!isKept) onLost();
    return isKept;
  }

  async #publishAll(publications: readonly Publication[]): Promise<readonly Outcome[]> {
    const { database, reader, now } = this.parts;
    const owners: number[] = [];
    const entries = publications.flatMap(({ entries, delivery }, index) =>
      entries.map((entry) => entryColumns(entry, owners.push(index) - 1, delivery?.id ?? null)),
    );
    const deliveries = publications.flatMap(({ delivery }) =>
      delivery === null ? [] : [{ id: delivery.id, expiresAt: textOf(delivery.expiresAt) }],
    );
    const values = [jsonText(entries), jsonText(deliveries), textOf(now())];
    const { published } = await reader.publishing(async (after) => {
      const [row] = await database.query<PublishedRow>('select * from $schema.publish_2($1, $2, $3, $4, $5)', [
        ...values,
        after,
        pageEntries,
      ]);
      if (row === undefined) throw new TypeError('No row');
      return { published: row.published, page: row.epoch === null ? null : pageOf(row) };
    });
    const { added, deliveries: claimed } = published;
    const positions = new Map<number, number>();
    for (const [ordinal, position] of added) positions.set(owners[ordinal] ?? -1, position);
    const isNew = new Set(claimed);
    return publications.map(({ entries, delivery }, index) => {
      const position = positions.get(index) ?? null;
      const isKnown = (delivery !== null && !isNew.has(delivery.id)) || (position === null && entries.length > 0);
      return { position, isKnown };
    });
  }
}

function hasEnding(entry: LogEntry): entry is LogEntry & { readonly ending: NonNullable<LogEntry['ending']> } {
  return entry.ending !== null;
}

/** The claims that may occur once in a batch. */
function claimsOf({ entries, delivery }: Publication): readonly string[] {
  const sessions = entries.filter(hasEnding).map(({ ending }) => ending.ended.id);
  return delivery === null ? sessions : [`delivery ${delivery.id}`, ...sessions];
}
