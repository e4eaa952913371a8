import fc from 'fast-check';
import { expect, it } from 'vitest';
import { Share } from '../../src/http/share.js';

it('users can never take what is reserved for services, one user not what is for others, and all never more than there is', () => {
  const steps = fc.array(fc.constantFrom('alice', 'bob', 'service', 'leave'), { maxLength: 150 });
  const percent = fc.integer({ min: 0, max: 90 });
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 40 }),
      percent,
      percent,
      steps,
      (max, reservePercent, userPercent, actions) => {
        const share = new Share(max, reservePercent, userPercent);
        const ofUsers = max - Math.floor((max * reservePercent) / 100);
        const ofOne = Math.max(4, Math.floor((ofUsers * userPercent) / 100));
        const inside: { readonly name: string; readonly leave: () => void }[] = [];
        for (const name of actions) {
          if (name === 'leave') {
            inside.shift()?.leave();
            continue;
          }
          const kind = name === 'service' ? 'service' : 'user';
          const own = inside.filter((one) => one.name === name).length;
          const users = inside.filter((one) => one.name !== 'service').length;
          const isFull = inside.length >= max || (kind === 'user' && users >= ofUsers);
          const entered = share.enter({ kind, name });
          if (typeof entered === 'string') {
            expect(entered).toBe(kind === 'user' && own >= ofOne ? 'full of own' : 'full');
            expect(isFull || own >= ofOne).toBe(true);
          } else {
            expect(isFull).toBe(false);
            if (kind === 'user') expect(own).toBeLessThan(ofOne);
            inside.push({ name, leave: entered });
          }
        }
      },
    ),
  );
});
