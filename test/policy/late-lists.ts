import { setTimeout as delay } from 'node:timers/promises';
import type { Emulator } from '../../src/emulator/emulator.js';

const lists = { path: '/api/jwt/refresh', method: 'GET' } as const;
const maxLateMs = 200;

/**
 * Has FusionAuth's lists of sessions take their time on the way, most of them a little: sessions begin and end meanwhile.
 * @param failsOnce Whether the next one is not answered.
 */
export function answerListsLate({ faults }: Pick<Emulator, 'faults'>, failsOnce = false): void {
  faults.clear();
  if (failsOnce) faults.add({ ...lists, times: 1, fault: { kind: 'status', status: 503 } });
  const map = async (body: unknown) => {
    await delay(Math.random() ** 3 * maxLateMs);
    return body;
  };
  faults.add({ ...lists, fault: { kind: 'mapBody', map } });
}
