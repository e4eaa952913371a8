import type { Socket } from 'node:net';

/**
 * What each connection has at present, such as answers under way, in the order in which it came.
 *
 * Lists, because the tables of V8's sets and maps are chained: one that has grown old keeps its successors, with all they
 * ever held, until the old space is collected. A connection would keep what its earlier operations have read.
 */
export class OfConnection<Thing> {
  readonly #things = new WeakMap<Socket, Thing[]>();

  /** @param onClose Called once for each connection that had something, when it closes, with what it has then. */
  constructor(private readonly onClose: (things: readonly Thing[]) => void = () => {}) {}

  /** Those of a connection. Removing one changes the list. */
  of(socket: Socket): readonly Thing[] {
    return this.#things.get(socket) ?? [];
  }

  /** @returns a function that removes it. */
  add(socket: Socket, thing: Thing): () => void {
    const things = this.#things.get(socket) ?? this.#begin(socket);
    things.push(thing);
    return () => {
      const at = things.indexOf(thing);
      if (at >= 0) things.splice(at, 1);
    };
  }

  #begin(socket: Socket): Thing[] {
    const things: Thing[] = [];
    this.#things.set(socket, things);
    socket.once('close', () => this.onClose([...things]));
    return things;
  }
}
