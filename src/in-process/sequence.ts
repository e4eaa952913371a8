import { randomBytes } from 'node:crypto';
import { SealedPositions } from '../stores/sealed-positions.js';

/** Of this process. The epoch sets the ids of its sequences apart. */
const key = randomBytes(32);
let sequences = 0n;

/** Numbers the entries of a log, and gives them ids that nobody else can read. Every sequence has ids of its own. */
export class Sequence {
  readonly #ids = new SealedPositions({ key, epoch: sequences++ });
  #latest = 0;

  next(): { readonly id: string; readonly position: number } {
    const position = ++this.#latest;
    return { id: this.#ids.idOf(position), position };
  }

  /** Which one it was, counted from 1; null for an id that this sequence has not given. */
  positionOf(id: string): number | null {
    const position = this.#ids.positionOf(id);
    return position !== null && position >= 1 && position <= this.#latest ? position : null;
  }
}
