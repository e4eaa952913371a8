import { deepStrictEqual } from 'node:assert/strict';
import type { EmulatorProcess } from '../processes/emulator.js';
import type { RunningServer } from '../processes/servers.js';
import type { Operation, Side } from './in-turn.js';
import { enforceRequest, listRequest, revokedIn, revokeRequest, sessionsIn } from './operations.js';
import { send } from './send.js';

/** A service as it stands in a comparison, and the FusionAuth that it asks. */
export interface Place {
  readonly label: string;
  readonly size?: number;
  readonly server: RunningServer;
  readonly emulator: EmulatorProcess;
}

const usersInTurn = 20;

/** Lists of so many sessions, of 20 users in turn. */
export async function listSide({ server, emulator, ...side }: Place, sessions: number): Promise<Side> {
  const users = await emulator.addUsers(usersInTurn, sessions);
  const requests = users.map(({ id }) => listRequest(server, id));
  const operations = requests.map(
    (request): Operation =>
      async () => {
        deepStrictEqual(sessionsIn(await send(server.url, request)).length, sessions);
      },
  );
  return { ...side, child: server.child, prepare: async (count) => repeated(operations, count) };
}

/** Enforcements that end so many sessions, each of a user of its own. */
export function enforceSide({ server, emulator, ...side }: Place, surplus: number): Side {
  return {
    ...side,
    child: server.child,
    prepare: async (count) =>
      (await emulator.addUsers(count, surplus + 1)).map(({ id }) => async () => {
        deepStrictEqual(revokedIn(await send(server.url, enforceRequest(server, id))), surplus);
      }),
  };
}

/** Revocations of single sessions, each of a user of its own. */
export function revokeSide({ server, emulator, ...side }: Place): Side {
  return {
    ...side,
    child: server.child,
    prepare: async (count) => {
      const users = await emulator.addUsers(count, 1);
      const ids = await emulator.sessionIds(users.map(({ id }) => id));
      return ids.flat().map((id) => () => send(server.url, revokeRequest(server, id)));
    },
  };
}

/** These operations over and over. */
export function repeated(operations: readonly Operation[], count: number): readonly Operation[] {
  return Array.from({ length: Math.ceil(count / operations.length) }, () => operations)
    .flat()
    .slice(0, count);
}
