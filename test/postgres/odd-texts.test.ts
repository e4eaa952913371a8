import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Replicas, startReplicas } from './replicas.js';

let replicas: Replicas;

beforeAll(async () => {
  replicas = await startReplicas({ count: 1 });
});

// It fails when an error was logged.
afterAll(() => replicas[Symbol.asyncDispose]());

const revoke = `mutation ($id: ID!, $comment: String) {
  revokeSession(sessionId: $id, comment: $comment) { outcome warnings { code } }
}`;
const historyOf = `query ($filter: SessionHistoryFilter) { sessionHistory(filter: $filter) { entries { comment } } }`;

/** Texts that JSON and GraphQL hold and a text of PostgreSQL does not, and how they are kept. */
const oddTexts = [
  ['NUL', 'left\u0000us', 'left\ufffdus'],
  ['the first half of a pair', 'left \ud83d', 'left \ufffd'],
  ['the second half of a pair', '\ude00 left', '\ufffd left'],
] as const;

describe.each(oddTexts)('a text with %s', (_name, text, kept) => {
  it('as a comment ends the session, publishes it, and is read in its history', async () => {
    const { first } = replicas;
    const id = first.user({ sessions: 1 }).sessions[0]?.id;
    const { body } = await first.query(revoke, { id, comment: text });
    expect(body).toMatchObject({
      data: { revokeSession: { outcome: 'REVOKED', warnings: [{ code: 'ACCESS_TOKENS_STILL_VALID' }] } },
    });
    const history = await first.data(historyOf, { filter: { sessionId: id } });
    expect(history).toEqual({ sessionHistory: { entries: [{ comment: kept }] } });
  });

  it.each(['actorName', 'requestId'])('as %s of a filter finds nothing', async (name) => {
    const { first } = replicas;
    expect(await first.data(historyOf, { filter: { [name]: text } })).toEqual({ sessionHistory: { entries: [] } });
  });
});

it('comments of any characters, many at once, keep nothing from being published', async () => {
  const { first } = replicas;
  const characters = fc.string({ unit: fc.integer({ min: 0, max: 0xffff }).map((code) => String.fromCharCode(code)) });
  const comments = fc.sample(characters, 40);
  const { sessions } = first.user({ sessions: comments.length });
  const answers = await Promise.all(
    comments.map((comment, index) => first.query(revoke, { id: sessions[index]?.id, comment })),
  );
  for (const { body } of answers) {
    expect(body).toMatchObject({
      data: { revokeSession: { outcome: 'REVOKED', warnings: [{ code: 'ACCESS_TOKENS_STILL_VALID' }] } },
    });
  }
});
