import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { buildSchema, OperationTypeNode } from 'graphql';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { permissions } from '../../src/domain/caller.js';
import { startTestService, type TestService } from '../support/service.js';
import type { TestUser } from '../support/users.js';
import { randomRequest } from './support/random-request.js';

const fuzzedDocuments = process.env['FUZZED_DOCUMENTS'];
/** Of each kind of operation, each document with five sets of variables. */
const documentsToTry = Number(fuzzedDocuments ?? 40);

const schema = buildSchema(readFileSync(new URL('../../schema.graphql', import.meta.url), 'utf8'));

let service: TestService;
let alice: TestUser;

beforeAll(async () => {
  service = await startTestService({ env: { RATE_LIMIT_POINTS: '100000000' } });
  alice = service.user({ sessions: 3, ssoSessions: 1 });
});
afterAll(() => service[Symbol.asyncDispose]());

interface Answer {
  readonly status: number;
  readonly text: string;
}

/** Of a subscription that has begun nothing is read. */
async function send(kind: OperationTypeNode, body: object): Promise<Answer> {
  const isStream = kind === OperationTypeNode.SUBSCRIPTION;
  const response = await service.fetch(isStream ? '/graphql/stream' : '/graphql', {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      authorization: `Bearer ${service.key(permissions)}`,
      accept: isStream ? 'text/event-stream' : 'application/json',
    },
    body: JSON.stringify(body),
  });
  const { status } = response;
  if (response.headers.get('content-type')?.startsWith('text/event-stream') !== true) {
    return { status, text: await response.text() };
  }
  await response.body?.cancel();
  return { status, text: '' };
}

/** Of each kind a request in which nothing is odd, so that some are accepted whatever the others happen to be. */
const plainQueries: Readonly<Record<OperationTypeNode, string>> = {
  query: '{ viewer { name } }',
  mutation: 'mutation { revokeSession(sessionId: "f0000000-0000-4000-8000-00000000000f") { outcome } }',
  subscription: 'subscription { sessionEvents { id } }',
};

describe('whatever a caller sends, in however many arguments at once, is the mistake of the caller', () => {
  it.each(Object.values(OperationTypeNode))(
    'and no internal error of ours: %s',
    { timeout: 60_000 + documentsToTry * 500 },
    async (kind) => {
      const ids = [alice.id, ...alice.sessions.map(({ id }) => id), 'f0000000-0000-4000-8000-00000000000f'];
      const odd = randomRequest(schema, ids, { kind, oneLiteralIn: 30 });
      // Most of what is all odd is refused before anything is looked at.
      const fitting = randomRequest(schema, ids, { kind });
      let accepted = 0;
      await fc.assert(
        fc.asyncProperty(fc.oneof(odd, fitting), async ({ query, variables }) => {
          for (const set of variables) {
            const { status, text } = await send(kind, { query, variables: set });
            const request = `${query} ${JSON.stringify(set)}: ${text}`;
            expect([200, 400], request).toContain(status);
            expect(text, request).not.toContain('INTERNAL_SERVER_ERROR');
            if (status === 200) accepted += 1;
          }
        }),
        // To look for the smallest example takes a minute, and what fails is named anyway.
        {
          numRuns: documentsToTry,
          endOnFailure: fuzzedDocuments === undefined,
          examples: [[{ query: plainQueries[kind], variables: [{}] }]],
        },
      );
      // Or there would have been nothing to go wrong in: the plain one at least.
      expect(accepted).toBeGreaterThan(0);
    },
  );
});
