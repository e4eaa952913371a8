import type { Emulator } from '../../src/emulator/emulator.js';
import type { FaultRule } from '../../src/emulator/faults.js';

/** Calls that the emulated FusionAuth handles when a test lets them go, however long other things take. */
export interface HeldCalls {
  /** Lets those go that are held, and holds no further ones. */
  release(): void;
}

/** Holds the next calls of a route. */
export function holdCalls(emulator: Pick<Emulator, 'faults'>, route: Omit<FaultRule, 'fault'>): HeldCalls {
  let letGo = () => {};
  const until = new Promise<void>((resolve) => {
    letGo = resolve;
  });
  const rule = emulator.faults.add({ ...route, fault: { kind: 'held', until } });
  return {
    release() {
      rule.remove();
      letGo();
    },
  };
}
