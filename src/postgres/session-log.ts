import { StoreUnavailableError } from '../domain/errors.js';
import type { LogEntry, Publication, Published, SessionLog } from '../domain/ports/session-log.js';
import type { Instant } from '../domain/session.js';
import { Batches } from './batches.js';
import type { Database } from './database.js';
import { jsonText } from './json-text.js';
import type { KeptEntries } from './kept-entries.js';
import type { LogReader } from './log-reader.js';
import type { PublicationsUnderWay } from './publications-under-way.js';
import { entryColumns, textOf } from './rows.js';

interface PostgresSessionLogParts {
  readonly database: Database;
  readonly reader: LogReader;
  readonly kept: KeptEntries;
  /** What this process publishes at the moment. */
  readonly underWay: PublicationsUnderWay;
  readonly now: () => Instant;
  /** Called when entries had to be dropped: nobody will publish them. */
  readonly onLost: () => void;
}

const maxBatchItems = 500;

/** About 10 MB. What comes besides is refused: the store is not available. */
const maxWaiting = 20_000;

interface PublishedRow {
  readonly published: {
    /** Ordinal and position of what was added. */
    readonly added: readonly (readonly [number, number])[];
    /** Deliveries that nobody had claimed. */
    readonly deliveries: readonly string[];
  };
}

/** What one publication of a batch came to: the position of its last entry, or null when all was known. */
interface Outcome {
  readonly position: number | null;
  readonly isKnown: boolean;
}

/** The log in the database. What this process publishes goes there in batches, one after the other. */
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
      // Nobody may have read it when the database goes back to an earlier state: it is published once more then.
      if (reader.position < position) this.#keep(publication);
    }
    return outcome.isKnown ? 'known' : 'published';
  }

  /** Publishes what was kept, in bounded batches. Never rejects: what cannot be published stays. */
  async publishKept(): Promise<void> {
    const { kept } = this.parts;
    try {
      for (let entries = kept.first(maxBatchItems); entries.length > 0; entries = kept.first(maxBatchItems)) {
        await this.#publishAll(entries.map(([, entry]) => ({ entries: [entry], delivery: null })));
        // This process refuses them until it has read them in the log.
        await this.parts.reader.catchUp();
        kept.remove(entries.map(([key]) => key));
      }
    } catch {
      // The next time that the database can be reached.
    }
  }

  /** Resolves when nothing is under way. */
  settled(): Promise<void> {
    return this.#batches.settled();
  }

  /** Only endings: publishing one again is safe. What FusionAuth reports it will report again. */
  #keep({ entries, delivery }: Publication): boolean {
    const { kept, onLost } = this.parts;
    if (delivery !== null || entries.length === 0 || !entries.every(hasEnding)) return false;
    const isKept = entries.filter(hasEnding).every((entry) => kept.keep(entry));
    if (!isKept) onLost();
    return isKept;
  }

  async #publishAll(publications: readonly Publication[]): Promise<readonly Outcome[]> {
    const { database, now } = this.parts;
    const owners: number[] = [];
    const entries = publications.flatMap(({ entries, delivery }, index) =>
      entries.map((entry) => entryColumns(entry, owners.push(index) - 1, delivery?.id ?? null)),
    );
    const deliveries = publications.flatMap(({ delivery }) =>
      delivery === null ? [] : [{ id: delivery.id, expiresAt: textOf(delivery.expiresAt) }],
    );
    const rows = await database.query<PublishedRow>('select $schema.publish_1($1, $2, $3) as published', [
      jsonText(entries),
      jsonText(deliveries),
      textOf(now()),
    ]);
    const [row] = rows;
    if (row === undefined) throw new TypeError('No row');
    const { added, deliveries: claimed } = row.published;
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

/** What may occur once in a batch. */
function claimsOf({ entries, delivery }: Publication): readonly string[] {
  const sessions = entries.filter(hasEnding).map(({ ending }) => ending.ended.id);
  return delivery === null ? sessions : [`delivery ${delivery.id}`, ...sessions];
}
