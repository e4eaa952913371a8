import type { Instant } from '../domain/session.js';

interface Mark {
  readonly index: number;
  readonly position: number;
  /** The latest instant at any index up to this one: clocks can be set back, entries go on. */
  readonly latest: Instant;
}

const entriesBetweenMarks = 256;

/**
 * Finds the index from which on entries can be as young as an instant, or beyond a position, without looking at each.
 */
export class TimeMarks {
  readonly #marks: Mark[] = [];
  #latest = Number.NEGATIVE_INFINITY;

  add(index: number, position: number, at: Instant): void {
    this.#latest = Math.max(this.#latest, at);
    if (index % entriesBetweenMarks === 0) this.#marks.push({ index, position, latest: this.#latest });
  }

  /** Everything up to this index is older than the instant; zero when that is not known of any. */
  indexBefore(since: Instant): number {
    return this.#lastIndexWhere(({ latest }) => latest < since);
  }

  /** Everything up to this index is at the position or before it; zero when that is not known of any. */
  indexUpTo(position: number): number {
    return this.#lastIndexWhere((mark) => mark.position <= position);
  }

  forgetBefore(index: number): void {
    const first = this.#marks.findIndex((mark) => mark.index >= index);
    this.#marks.splice(0, first === -1 ? this.#marks.length : first);
  }

  /** The condition holds up to some mark, and for none after it. */
  #lastIndexWhere(holds: (mark: Mark) => boolean): number {
    let [low, high] = [0, this.#marks.length];
    while (low < high) {
      const middle = (low + high) >>> 1;
      const mark = this.#marks[middle];
      if (mark !== undefined && holds(mark)) low = middle + 1;
      else high = middle;
    }
    return this.#marks[low - 1]?.index ?? 0;
  }
}
