/** Ids that increase, and tell whether they are of this sequence. */
export class Sequence {
  #latest = 0;

  /** @param name Sets the ids apart from those of other processes. Without a dash. */
  constructor(private readonly name: string) {}

  next(): string {
    this.#latest++;
    return `${this.name}-${this.#latest}`;
  }

  /** Which one it was, counted from 1; null for an id that this sequence has not given. */
  positionOf(id: string): number | null {
    const [name, number = '', ...rest] = id.split('-');
    if (name !== this.name || rest.length > 0 || !/^[1-9]\d{0,14}$/.test(number)) return null;
    const position = Number(number);
    return position <= this.#latest ? position : null;
  }
}
