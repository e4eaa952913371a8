/** The time of a service that a test stops: on a busy machine, what answers could seem to take too long. */
export class StoppableTime {
  #standsAt: number | null = null;

  /** Milliseconds on a clock that only goes forward. */
  readonly elapsedMs = (): number => this.#standsAt ?? performance.now();

  stop(): void {
    this.#standsAt ??= performance.now();
  }

  letPass(): void {
    this.#standsAt = null;
  }
}
