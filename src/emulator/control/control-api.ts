import type { FastifyInstance, FastifyRequest } from 'fastify';
import { z } from 'zod';
import type { EmulatorContext } from '../context.js';
import { requireGlobalApiKey } from '../http/api-key-auth.js';
import { generalError } from '../http/errors-json.js';
import { readJson, readJsonObject } from '../http/request-input.js';
import type { EmulatorState } from './emulator-state.js';
import { type Snapshot, snapshotJson } from './snapshot.js';

const basePath = '/emulator/control';

/** Room for some 300,000 sessions with their users. */
const maximumSnapshotBytes = 256 * 1_024 * 1_024;

/**
 * `/emulator/control`, paths FusionAuth does not have, for tests that run in another process: `POST reset` goes back to
 * the start, `GET snapshot` saves everything, `PUT snapshot` loads it, and `POST clock` with `{"advanceMs": n}` moves
 * time. Each needs an API key without a tenant. They exist only where the emulator is told to have them.
 */
export function registerControl(app: FastifyInstance, context: EmulatorContext, state: EmulatorState): void {
  const authorize = (request: FastifyRequest) => requireGlobalApiKey(context, request, basePath);

  app.post(`${basePath}/reset`, async (request, reply) => {
    authorize(request);
    await state.reset();
    return reply.code(204).send();
  });

  app.get(`${basePath}/snapshot`, async (request) => {
    authorize(request);
    return state.save();
  });

  app.put(`${basePath}/snapshot`, { bodyLimit: maximumSnapshotBytes }, async (request, reply) => {
    authorize(request);
    await loadChecked(readSnapshot(request));
    return reply.code(204).send();
  });

  app.post(`${basePath}/clock`, async (request) => {
    authorize(request);
    context.clock.advance(readJson(request, clockRequest).advanceMs);
    return { now: context.clock.now() };
  });

  async function loadChecked(snapshot: Snapshot): Promise<void> {
    try {
      await state.load(snapshot);
    } catch (error) {
      throw invalidSnapshot(error instanceof Error ? error.message : `${error}`);
    }
  }
}

function readSnapshot(request: FastifyRequest): Snapshot {
  const parsed = snapshotJson.safeParse(readJsonObject(request));
  if (!parsed.success) {
    throw invalidSnapshot(z.prettifyError(parsed.error));
  }
  return parsed.data;
}

function invalidSnapshot(problem: string) {
  return generalError('[invalid]snapshot', `This is no snapshot of this emulator: ${problem}`);
}

const clockRequest = z.object({ advanceMs: z.number().int() });
