import type { Instant } from '../domain/session.js';

interface Mark {
  readonly position: number;
  /** The latest instant at any position up to this one: clocks can be set back, positions go on. */
  readonly latest: Instant;
}

const positionsBetweenMarks = 256;

/** From which position on entries of a log can be as young as an instant, found without looking at each. */
export class TimeMarks {
  readonly #marks: Mark[] = [];
  #latest = Number.NEGATIVE_INFINITY;

  add(position: number, at: Instant): void {
    this.#latest = Math.max(this.#latest, at);
    if (position % positionsBetweenMarks === 0) this.#marks.push({ position, latest: this.#latest });
  }

  /** Everything up to this position is older than the instant; zero when that is not known of any. */
  positionBefore(since: Instant): number {
    let [low, high] = [0, this.#marks.length];
    while (low < high) {
      const middle = (low + high) >>> 1;
      const mark = this.#marks[middle];
      if (mark !== undefined && mark.latest < since) low = middle + 1;
      else high = middle;
    }
    return this.#marks[low - 1]?.position ?? 0;
  }

  forgetBefore(position: number): void {
    const first = this.#marks.findIndex((mark) => mark.position >= position);
    this.#marks.splice(0, first === -1 ? this.#marks.length : first);
  }
}
