import type { FeedChange, FeedState } from './options.js';

interface FeedHealthOptions {
  /** How long ago the last contact may be, in milliseconds. */
  readonly toleranceMs: number;
  /** A clock that runs while the machine sleeps. */
  readonly elapsedMs: () => number;
  readonly onChange: (change: FeedChange) => void;
}

/** The health of the feed, by the age of the last contact, computed whenever a decision depends on it. */
export class FeedHealth implements Disposable {
  #reported: FeedState = 'starting';
  #contactAtMs: number | null = null;
  readonly #startedAtMs: number;
  #isStreaming = false;
  #isDisposed = false;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(private readonly options: FeedHealthOptions) {
    this.#startedAtMs = options.elapsedMs();
    this.#setTimer();
  }

  get state(): FeedState {
    this.#report();
    return this.#reported;
  }

  /** True while `whenFeedIsDown` applies. */
  get isDown(): boolean {
    const { state } = this;
    return state === 'starting' || state === 'down';
  }

  /** Records a contact: all revocations until this moment are known. */
  contact(atMs: number): void {
    this.#contactAtMs = Math.max(atMs, this.#contactAtMs ?? atMs);
    this.#report();
    this.#setTimer();
  }

  /** @param isStreaming Whether revocations come as they happen. */
  streaming(isStreaming: boolean): void {
    this.#isStreaming = isStreaming;
    this.#report();
  }

  [Symbol.dispose](): void {
    clearTimeout(this.#timer);
    this.#isDisposed = true;
    this.#reported = 'down';
  }

  #current(): FeedState {
    const sinceMs = this.options.elapsedMs() - (this.#contactAtMs ?? this.#startedAtMs);
    if (sinceMs > this.options.toleranceMs) return 'down';
    if (this.#contactAtMs === null) return 'starting';
    return this.#isStreaming ? 'connected' : 'away';
  }

  #report(): void {
    if (this.#isDisposed) return;
    const previousState = this.#reported;
    const state = this.#current();
    if (state === previousState) return;
    this.#reported = state;
    this.options.onChange({ state, previousState });
  }

  /** Reports a change of state although nobody asks. */
  #setTimer(): void {
    clearTimeout(this.#timer);
    if (!this.#isDisposed) this.#timer = setTimeout(() => this.#report(), this.options.toleranceMs + 1);
  }
}
