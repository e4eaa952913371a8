import { randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { SealedPositions } from '../../src/stores/sealed-positions.js';

const key = randomBytes(32);
const position = fc.integer({ min: 0, max: Number.MAX_SAFE_INTEGER });
const epoch = fc.bigInt({ min: 0n, max: 2n ** 64n - 1n });

it('every reader with the key gets the position back, whatever it read before', () => {
  fc.assert(
    fc.property(epoch, fc.array(position, { minLength: 1 }), (ofBoth, positions) => {
      const [writer, reader] = [
        new SealedPositions({ key, epoch: ofBoth }),
        new SealedPositions({ key, epoch: ofBoth }),
      ];
      const ids = positions.map((one) => writer.idOf(one));
      reader.positionOf(randomBytes(16).toString('hex'));
      expect(ids.map((id) => reader.positionOf(id))).toEqual(positions);
      expect(positions.map((one) => reader.idOf(one))).toEqual(ids);
    }),
  );
});

it('an id of another epoch, or under another key, is none', () => {
  fc.assert(
    fc.property(epoch, epoch, position, (one, other, at) => {
      fc.pre(one !== other);
      const id = new SealedPositions({ key, epoch: one }).idOf(at);
      expect(new SealedPositions({ key, epoch: other }).positionOf(id)).toBeNull();
      expect(new SealedPositions({ key: randomBytes(32), epoch: one }).positionOf(id)).toBeNull();
    }),
  );
});

it('neighbours have nothing in common that tells them to be neighbours', () => {
  const ids = new SealedPositions({ key, epoch: 0n });
  const differing = (one: string, other: string) => {
    const [a, b] = [Buffer.from(one, 'hex'), Buffer.from(other, 'hex')];
    return a.reduce(
      (bits, byte, index) => bits + [...(byte ^ (b[index] ?? 0)).toString(2)].filter((bit) => bit === '1').length,
      0,
    );
  };
  const distances = Array.from({ length: 1_000 }, (_, at) => differing(ids.idOf(at), ids.idOf(at + 1)));
  // Of 128 bits that are drawn by lot, 64 differ on average; the average of a thousand is off by 4 once in 10^100 tries.
  expect(distances.reduce((sum, bits) => sum + bits, 0) / distances.length).toBeCloseTo(64, -1);
});
