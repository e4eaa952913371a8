import type { FeedChange, FeedState } from './options.js';

/** Whether the feed can be relied on, and who is told when that changes. */
export class FeedHealth implements Disposable {
  #state: FeedState = 'starting';
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(
    private readonly toleranceMs: number,
    private readonly onChange: (change: FeedChange) => void,
  ) {
    this.#startTimer();
  }

  get state(): FeedState {
    return this.#state;
  }

  /** True while `whenFeedIsDown` applies. */
  get isDown(): boolean {
    return this.#state === 'starting' || this.#state === 'down';
  }

  connected(): void {
    clearTimeout(this.#timer);
    this.#change('connected');
  }

  lost(): void {
    if (this.#state !== 'connected') return;
    this.#change('away');
    this.#startTimer();
  }

  [Symbol.dispose](): void {
    clearTimeout(this.#timer);
    this.#state = 'down';
  }

  #startTimer(): void {
    this.#timer = setTimeout(() => this.#change('down'), this.toleranceMs);
  }

  #change(state: FeedState): void {
    const previousState = this.#state;
    this.#state = state;
    if (state !== previousState) this.onChange({ state, previousState });
  }
}
