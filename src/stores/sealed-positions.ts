import { createCipheriv, createDecipheriv } from 'node:crypto';

interface SealedPositionsOptions {
  /** 32 bytes, secret and the same for everybody who reads the ids. */
  readonly key: Uint8Array;
  /** Sets the ids apart from those of another sequence under the same key. 0 to 2^64 - 1. */
  readonly epoch: bigint;
}

/**
 * The ids of a log's entries, made from their positions: whoever reads an id learns neither the position nor how many
 * others there are, and cannot guess the id of another entry. The same position always has the same id.
 *
 * An id is epoch and position, 64 bits each, as one block of AES-256: a keyed permutation of all blocks. A text that is
 * not an id decrypts to a random block, whose epoch is right once in 2^64 times.
 */
export class SealedPositions {
  readonly #epoch: bigint;
  readonly #cipher;
  readonly #decipher;

  constructor({ key, epoch }: SealedPositionsOptions) {
    this.#epoch = epoch;
    // Each update is one block of its own: nothing is chained, and without padding nothing is kept back.
    this.#cipher = createCipheriv('aes-256-ecb', key, null).setAutoPadding(false);
    this.#decipher = createDecipheriv('aes-256-ecb', key, null).setAutoPadding(false);
  }

  /** @param position A whole number from 0 to 2^53 - 1. */
  idOf(position: number): string {
    const block = Buffer.allocUnsafe(16);
    block.writeBigUInt64BE(this.#epoch, 0);
    block.writeBigUInt64BE(BigInt(position), 8);
    return this.#cipher.update(block).toString('hex');
  }

  /** Null for a text that is no id of this epoch. Whether an entry has that position is for the caller to know. */
  positionOf(id: string): number | null {
    if (!/^[\da-f]{32}$/.test(id)) return null;
    const block = this.#decipher.update(Buffer.from(id, 'hex'));
    const position = block.readBigUInt64BE(8);
    return block.readBigUInt64BE(0) === this.#epoch && position <= Number.MAX_SAFE_INTEGER ? Number(position) : null;
  }
}
