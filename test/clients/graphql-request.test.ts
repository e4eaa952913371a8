import { createHash } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { GraphQLClient } from 'graphql-request';
import { expect, it } from 'vitest';
import { readTrustedDocuments } from '../../src/config/trusted-documents.js';
import { permissions } from '../../src/domain/caller.js';
import { RevokeSessionDocument, SessionsDocument } from '../../src/operations/operations.js';
import { startTestService } from '../support/service.js';

const manifest = fileURLToPath(new URL('../../trusted-documents.json', import.meta.url));

it.each([
  ['any operation', {}],
  ['trusted documents alone', { TRUSTED_DOCUMENTS_FILE: manifest }],
])('graphql-request runs an exported query and mutation where the service accepts %s', async (_what, env) => {
  await using service = await startTestService({ env });
  const alice = service.user({ sessions: 2 });
  const [oldest = { id: '' }] = alice.sessions;
  const client = new GraphQLClient(`${service.url}/graphql`, {
    headers: { authorization: `Bearer ${service.key(permissions)}` },
  });
  const { sessions } = await client.request(SessionsDocument, { userId: alice.id });
  expect(sessions.map(({ id }) => id)).toEqual(alice.liveIds());
  const { revokeSession } = await client.request(RevokeSessionDocument, { sessionId: oldest.id });
  expect(revokeSession.outcome).toBe('REVOKED');
  expect(alice.liveIds()).toHaveLength(1);
});

it('the manifest holds what graphql-request sends, by its hash', async () => {
  await using service = await startTestService();
  const alice = service.user();
  const texts: string[] = [];
  const client = new GraphQLClient(`${service.url}/graphql`, {
    headers: { authorization: `Bearer ${service.key(permissions)}` },
    fetch: (url: string | URL | Request, init?: RequestInit) => {
      texts.push(JSON.parse(String(init?.body)).query);
      return fetch(url, init);
    },
  });
  await client.request(SessionsDocument, { userId: alice.id });
  const known = await readTrustedDocuments(manifest);
  for (const text of texts) expect(known.get(createHash('sha256').update(text).digest('hex'))).toBe(text);
  expect(texts).toHaveLength(1);
});
