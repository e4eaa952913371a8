import { stat } from 'node:fs/promises';

/** How often a file is checked, in milliseconds. */
const lookIntervalMs = 1_000;

interface WatchedFileOptions<Content> {
  readonly path: string;
  /** The appearance of the file before it was first read. */
  readonly appearance: Appearance;
  /** Reads it. Never rejects. */
  readonly read: () => Promise<Content>;
  readonly take: (content: Content) => void;
  /**
   * How many looks in a row must find a file that was changed in place unchanged, because its writer may pause. A file
   * that replaces another one is whole.
   */
  readonly looksInPlace: number;
}

/**
 * Reads a file anew when it has changed: a replacement once it has looked the same twice, and a file that was changed
 * in place a few looks later, so that it is not read while it is written. Looking works on every file system, also for
 * mounted files that are replaced.
 */
export class WatchedFile<Content> implements Disposable {
  readonly #options: WatchedFileOptions<Content>;
  readonly #timer: NodeJS.Timeout;
  #readAs: Appearance;
  #seenAs: Appearance;
  #sameLooks = 0;
  #looking: Promise<void> | null = null;

  constructor(options: WatchedFileOptions<Content>) {
    this.#options = options;
    this.#readAs = options.appearance;
    this.#seenAs = options.appearance;
    this.#timer = setInterval(() => {
      this.#looking ??= this.look().finally(() => {
        this.#looking = null;
      });
    }, lookIntervalMs);
    this.#timer.unref();
  }

  /** Reads the file now, whether it has changed or not. Never rejects. */
  async reload(): Promise<void> {
    const { path, read } = this.#options;
    const appearance = await appearanceOf(path);
    this.#take(await read(), appearance);
  }

  /** Looks once, as the timer does each second, and reads the file if it is due. Never rejects. */
  async look(): Promise<void> {
    const { path, read, looksInPlace } = this.#options;
    const appearance = await appearanceOf(path);
    this.#sameLooks = appearance.text === this.#seenAs.text ? this.#sameLooks + 1 : 0;
    this.#seenAs = appearance;
    const needed = appearance.file === this.#readAs.file ? looksInPlace : 1;
    if (this.#sameLooks < needed || appearance.text === this.#readAs.text) return;
    const content = await read();
    // A file that was written while it was read is left to the next looks.
    if ((await appearanceOf(path)).text === appearance.text) this.#take(content, appearance);
  }

  [Symbol.dispose](): void {
    clearInterval(this.#timer);
  }

  #take(content: Content, appearance: Appearance): void {
    this.#readAs = appearance;
    this.#options.take(content);
  }
}

/** The facts about a file that show a change without reading it. */
export interface Appearance {
  /** The identity of the file. */
  readonly file: string;
  readonly text: string;
}

export async function appearanceOf(path: string): Promise<Appearance> {
  try {
    const { dev, ino, size, mtimeMs, ctimeMs } = await stat(path);
    return { file: `${dev} ${ino}`, text: `${dev} ${ino} ${size} ${mtimeMs} ${ctimeMs}` };
  } catch (error) {
    const code = `${error instanceof Error && 'code' in error ? error.code : error}`;
    return { file: code, text: code };
  }
}
