import { describe, expect, it } from 'vitest';
import { textOf } from '../support/pages.js';
import { startTestService, type TestService } from '../support/service.js';

const ask = (service: TestService, authorization?: string) =>
  service.fetch('/schema.graphql', { headers: authorization === undefined ? {} : { authorization } });

describe('GET /schema.graphql', () => {
  it('is the schema of the repository, for a caller with any permission', async () => {
    await using service = await startTestService();
    const answer = await ask(service, `Bearer ${service.key(['session:enforce'])}`);
    expect(answer.status).toBe(200);
    expect(answer.headers.get('content-type')).toBe('text/plain; charset=utf-8');
    expect(answer.headers.get('cache-control')).toBe('no-store');
    expect(await answer.text()).toBe(textOf('schema.graphql'));
  });

  it('is refused to strangers', async () => {
    await using service = await startTestService();
    expect((await ask(service)).status).toBe(401);
    expect((await ask(service, 'Bearer nobody')).status).toBe(401);
  });

  it.each([
    ['without introspection', { INTROSPECTION: 'false' }],
    ['where only trusted documents are accepted', { TRUSTED_DOCUMENTS_FILE: 'trusted-documents.json' }],
  ])('is not there %s', async (_where, env) => {
    await using service = await startTestService({ env });
    expect((await ask(service, `Bearer ${service.key(['session:read'])}`)).status).toBe(404);
  });
});
