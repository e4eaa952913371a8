import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Emulator, startEmulator } from '../../src/emulator/emulator.js';
import { startTestService, type TestService } from '../support/service.js';
import { unknownId } from './support/lists-document.js';
import { compareAnswers, type Request } from './support/same-answers.js';

let emulator: Emulator;
let compiling: TestService;
let plain: TestService;

beforeAll(async () => {
  emulator = await startEmulator();
  compiling = await startTestService({ env: { COMPILE_QUERIES: 'true' }, beside: { emulator } });
  plain = await startTestService({ env: { COMPILE_QUERIES: 'false' }, beside: { emulator } });
});

afterAll(async () => {
  await plain[Symbol.asyncDispose]();
  await compiling[Symbol.asyncDispose]();
  await emulator[Symbol.asyncDispose]();
});

const expectEqualAnswers = (request: Request) => compareAnswers({ compiling, plain }, request);

describe('a text of a caller', () => {
  // graphql-jit 0.8.9 puts what follows such a mark into the code it compiles, as it stands.
  const mark = '__MAGIC_DATE__33a9e76d_02e0_4128_8e92_3530ad3da74d';
  const attack = `${mark}(globalThis.wasRun = true, 0)`;

  it.each([
    `{ session(id: "${attack}") { id } }`,
    `{ session(id: "\\u005f${attack.slice(1)}") { id } }`,
    `{ session(id: """${attack}""") { id } }`,
    `{ sessions(userId: "${unknownId}", filter: { deviceTypes: ["${attack}"] }) { id } }`,
    `query ($id: ID = "${attack}") { session(id: $id) { id } }`,
  ])('never becomes code: %s', async (query) => {
    await expectEqualAnswers({ query });
    expect(globalThis).not.toHaveProperty('wasRun');
  });
});

describe('a mutation that comes again and again', () => {
  it('runs once for each request, in its order', async () => {
    const query = `mutation ($a: ID!, $b: ID!) {
      first: revokeSession(sessionId: $a) { outcome } again: revokeSession(sessionId: $a) { outcome }
      other: revokeSession(sessionId: $b) { outcome }
    }`;
    for (let time = 1; time <= 3; time++) {
      const carol = compiling.user({ sessions: 2 });
      const [a, b] = carol.sessions.map(({ id }) => id);
      compiling.emulator.calls.clear();
      expect(await compiling.data(query, { a, b })).toEqual({
        first: { outcome: 'REVOKED' },
        again: { outcome: 'ALREADY_ENDED' },
        other: { outcome: 'REVOKED' },
      });
      expect(compiling.emulator.calls.count({ method: 'DELETE', path: '/api/jwt/refresh/*' })).toBe(2);
    }
  });
});
