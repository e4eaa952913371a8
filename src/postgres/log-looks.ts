import type { LogPage } from './log-source.js';

/** The looks of one reader at the log: one at a time, and everybody who asks meanwhile shares it. */
export class LogLooks {
  #underWay: Promise<void> | null = null;
  /** How many looks were asked for, and how many of these have been made. */
  #asked = 0;
  #answered = 0;
  #isClosed = false;

  /** @param read Reads all that there is. It is given the first page where that is there already. */
  constructor(private readonly read: (first: LogPage | null) => Promise<void>) {}

  /** The look under way, if any. */
  get underWay(): Promise<void> | null {
    return this.#underWay;
  }

  /** The look under way, or a new one. @throws StoreUnavailableError when the log cannot be read. */
  one(): Promise<void> {
    return this.#underWay ?? this.#begin(this.#look(null));
  }

  /** Resolves when everything that was published before the call has been read. @throws StoreUnavailableError */
  async fresh(): Promise<void> {
    const asked = ++this.#asked;
    while (this.#answered < asked && !this.#isClosed) await this.one();
  }

  /**
   * Carries out a publication that also reads the log, in place of a look. It reads nothing where a look is under way,
   * or is waited for, which no publication may delay.
   */
  async publishing<Result extends { readonly page: LogPage | null }>(
    publish: (reads: boolean) => Promise<Result>,
  ): Promise<Result> {
    if (this.#underWay !== null || this.#answered < this.#asked || this.#isClosed) return publish(false);
    const published = publish(true);
    // A publication that fails shows nothing of the log: whoever waits for this look makes the next one.
    const page = published.then(
      (result) => result.page,
      () => null,
    );
    const look = this.#begin(this.#look(page));
    const result = await published;
    await look.catch(() => undefined);
    return result;
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    await this.#underWay?.catch(() => undefined);
  }

  async #look(page: Promise<LogPage | null> | null): Promise<void> {
    const asked = this.#asked;
    const first = await page;
    if (page !== null && first === null) return;
    await this.read(first);
    this.#answered = asked;
  }

  #begin(look: Promise<void>): Promise<void> {
    this.#underWay = look.finally(() => {
      this.#underWay = null;
    });
    return this.#underWay;
  }
}
