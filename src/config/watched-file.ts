import { stat } from 'node:fs/promises';

/** How often a file is looked at, in milliseconds. */
const lookIntervalMs = 1_000;

/**
 * Has a file read anew when it has changed: once it has looked the same twice, so that it is not read while it is
 * written. Looking works on every file system, also where a mounted file is replaced by another one. A change is read
 * three seconds later at most.
 */
export class WatchedFile implements Disposable {
  readonly #timer: NodeJS.Timeout;
  #readAs: string;
  #seenAs: string;
  #looking: Promise<void> | null = null;

  /**
   * @param appearance What the file looked like before it was read first.
   * @param read Reads it. Never rejects.
   */
  constructor(
    private readonly path: string,
    appearance: string,
    private readonly read: () => Promise<void>,
  ) {
    this.#readAs = appearance;
    this.#seenAs = appearance;
    this.#timer = setInterval(() => {
      this.#looking ??= this.#look().finally(() => {
        this.#looking = null;
      });
    }, lookIntervalMs);
    this.#timer.unref();
  }

  /** Reads it now, whether it has changed or not. Never rejects. */
  async reload(): Promise<void> {
    this.#readAs = await appearanceOf(this.path);
    await this.read();
  }

  [Symbol.dispose](): void {
    clearInterval(this.#timer);
  }

  async #look(): Promise<void> {
    const appearance = await appearanceOf(this.path);
    const isStill = appearance === this.#seenAs;
    this.#seenAs = appearance;
    if (isStill && appearance !== this.#readAs) await this.reload();
  }
}

/** What shows that a file has changed, without reading it. */
export async function appearanceOf(path: string): Promise<string> {
  try {
    const { ino, size, mtimeMs, ctimeMs } = await stat(path);
    return `${ino} ${size} ${mtimeMs} ${ctimeMs}`;
  } catch (error) {
    return `${error instanceof Error && 'code' in error ? error.code : error}`;
  }
}
