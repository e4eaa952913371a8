import type { Writable } from 'node:stream';

interface LineSinkOptions {
  /** How many bytes of log lines may wait to be taken. A line above that is dropped. */
  readonly maxWaitingBytes: number;
  /** The same for records, which are lost last. */
  readonly maxWaitingRecordBytes: number;
  /** How long {@link LineSink.written} waits, in milliseconds. */
  readonly maxWaitMs: number;
  /** Called when nobody has taken the lines for that long, once each time. Must report it by another way. */
  readonly onBlocked: (problem: string) => void;
}

/** As a rule, a pipe takes so much at once. */
const maxGatheredCharacters = 16_384;

/**
 * Lines on their way out of the process, in order: to a pipe or a file that takes them at once, as a rule, so that they
 * are not lost when the process is killed. Those of one turn of the event loop leave together, or earlier where somebody
 * waits for them: a write takes longer than all else that the end of a session costs, and holds up everybody. While
 * nobody takes the lines, what waits is bounded and the rest is counted.
 */
export class LineSink implements AsyncDisposable {
  readonly #stream: Writable;
  readonly #options: LineSinkOptions;
  readonly #waiting = new Set<() => void>();
  /** The lines of this turn. */
  #gathered = '';
  #underWay = 0;
  #lostLines = 0;
  #isBlocked = false;
  #isBroken = false;

  constructor(stream: Writable, options: LineSinkOptions) {
    this.#stream = stream;
    this.#options = options;
    // Without a listener, a reader that closes its end would end this process.
    stream.on('error', (error) => {
      this.#isBroken = true;
      this.#block(`the log cannot be written: ${error.message}`);
      this.#settle();
    });
  }

  /** True while nobody takes the lines. */
  get isBlocked(): boolean {
    return this.#isBlocked;
  }

  /** Writes a log line, or drops it while too much waits. */
  write(line: string): void {
    this.#write(line, this.#options.maxWaitingBytes);
  }

  /** Writes a record, or drops it while too much waits. */
  writeRecord(line: string): void {
    this.#write(line, this.#options.maxWaitingRecordBytes);
  }

  /** Waits until what was written so far is out of the process. @returns false when it is not in time, or lost. */
  async written(): Promise<boolean> {
    this.flush();
    if (this.#isBroken || this.#isBlocked) return false;
    if (this.#underWay === 0) return true;
    await new Promise<void>((resolve) => {
      const settle = () => {
        clearTimeout(timer);
        this.#waiting.delete(settle);
        resolve();
      };
      const timer = setTimeout(() => {
        this.#block('nobody takes the log, so audit records wait in memory');
        settle();
      }, this.#options.maxWaitMs);
      this.#waiting.add(settle);
    });
    return !this.#isBlocked;
  }

  /** Waits for what is under way, but no longer than {@link LineSinkOptions.maxWaitMs}. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.written();
  }

  #write(line: string, maxWaitingBytes: number): void {
    if (this.#isBroken || this.#stream.writableLength + this.#gathered.length + line.length > maxWaitingBytes) {
      this.#lostLines++;
      this.#block('nobody takes the log, so lines of it are lost');
      return;
    }
    if (this.#gathered === '') setImmediate(() => this.flush());
    this.#gathered += line;
    if (this.#gathered.length >= maxGatheredCharacters) this.flush();
  }

  /** Hands over what has gathered, without waiting for it to be taken. */
  flush(): void {
    if (this.#gathered === '') return;
    const lines = this.#gathered;
    this.#gathered = '';
    this.#underWay++;
    this.#stream.write(lines, () => {
      this.#underWay--;
      if (this.#underWay === 0) this.#settle();
    });
  }

  /** All is out, or nothing ever will be. */
  #settle(): void {
    const wasBlocked = this.#isBlocked;
    if (!this.#isBroken) this.#isBlocked = false;
    for (const settle of [...this.#waiting]) settle();
    if (!wasBlocked || this.#isBroken || this.#lostLines === 0) return;
    const lostLines = this.#lostLines;
    this.#lostLines = 0;
    const time = new Date().toISOString();
    this.writeRecord(`${JSON.stringify({ level: 'error', time, lostLines, msg: 'lines of the log were lost' })}\n`);
  }

  #block(problem: string): void {
    if (this.#isBlocked) return;
    this.#isBlocked = true;
    this.#options.onBlocked(problem);
  }
}

/** Rejects while nobody takes the lines, so that no record is safe. Other destinations are always taken. */
export async function checkSink(destination: object): Promise<void> {
  if (destination instanceof LineSink && destination.isBlocked) throw new Error('nobody takes the log');
}

/** Waits a bounded time for the lines under way. */
export async function disposeSink(destination: object): Promise<void> {
  if (destination instanceof LineSink) await destination[Symbol.asyncDispose]();
}

/** Standard output, of which at most some megabytes wait while nobody reads it. */
export function standardOutput(): LineSink {
  const sink = new LineSink(process.stdout, {
    maxWaitingBytes: 1_000_000,
    maxWaitingRecordBytes: 4_000_000,
    maxWaitMs: 1_000,
    onBlocked: (problem) => process.stderr.write(`${problem}\n`),
  });
  // An error that ends the process may have left lines.
  process.once('exit', () => sink.flush());
  return sink;
}
