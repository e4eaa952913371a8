import fc from 'fast-check';
import { expect, it } from 'vitest';
import { Share } from '../../src/http/share.js';

it('users can never take what is reserved for services, and all together never more than there is', () => {
  const steps = fc.array(fc.constantFrom('user', 'service', 'leave'), { maxLength: 100 });
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 20 }), fc.integer({ min: 0, max: 90 }), steps, (max, percent, actions) => {
      const share = new Share(max, percent);
      const reserve = Math.floor((max * percent) / 100);
      const inside: { readonly kind: string; readonly leave: () => void }[] = [];
      for (const action of actions) {
        if (action === 'leave') {
          inside.shift()?.leave();
          continue;
        }
        const kind = action === 'user' ? 'user' : 'service';
        const users = inside.filter((one) => one.kind === 'user').length;
        const leave = share.enter(kind);
        const hasRoom = inside.length < max && (kind === 'service' || users < max - reserve);
        expect(leave !== null).toBe(hasRoom);
        if (leave !== null) inside.push({ kind, leave });
      }
    }),
  );
});
