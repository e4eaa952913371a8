import { deferred } from '../../src/domain/deferred.js';
import type { Emulator } from '../../src/emulator/emulator.js';
import type { FaultRule } from '../../src/emulator/faults.js';

/** Calls that the emulated FusionAuth handles when a test lets them go, however long other things take. */
export interface HeldCalls {
  /** Lets those go that are held, and holds no further ones. */
  release(): void;
}

/** Holds the next calls of a route. */
export function holdCalls(emulator: Pick<Emulator, 'faults'>, route: Omit<FaultRule, 'fault'>): HeldCalls {
  const letGo = deferred<void>();
  const rule = emulator.faults.add({ ...route, fault: { kind: 'held', until: letGo.promise } });
  return {
    release() {
      rule.remove();
      letGo.settle();
    },
  };
}
