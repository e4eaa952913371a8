import { execFileSync } from 'node:child_process';
import { expect, it, vi } from 'vitest';
import { textOf } from '../support/pages.js';
import { startPostgres } from '../support/postgres.js';
import { startTestService, type TestService } from '../support/service.js';
import { subscribe } from '../support/subscription.js';

vi.setConfig({ testTimeout: 60_000 });

it('refuses a subscriber that resumes after a lost event where the copy of the disks was put back as the guide says', async () => {
  const [, statement = ''] = /```sql\n(.*?)```/s.exec(textOf('docs/guides/replicas.md')) ?? [];
  await using server = await startPostgres();
  const databaseUrl = await server.createDatabase();
  const copy = `${server.dataFolder}-copy`;
  // No replica runs while the files are copied and put back, so that nobody but the subscriber knows what is lost.
  const whileStopped = async (then: () => void) => {
    await server.stop();
    then();
    await server.start();
  };
  const withService = async <T>(work: (service: TestService) => Promise<T>): Promise<T> => {
    await using service = await startTestService({ env: { DATABASE_URL: databaseUrl } });
    return await work(service);
  };
  const revoke = async (service: TestService) => {
    const { refreshTokenId: id } = await service.user().login();
    await service.data('mutation ($id: ID!) { revokeSession(sessionId: $id) { outcome } }', { id });
  };

  await whileStopped(() => execFileSync('cp', ['-a', server.dataFolder, copy]));
  const lost = await withService(async (service) => {
    await using events = await subscribe(service, service.key(['event:subscribe']), {});
    await revoke(service);
    return await events.nextEvent();
  });
  await whileStopped(() => {
    execFileSync('rm', ['-rf', server.dataFolder]);
    execFileSync('mv', [copy, server.dataFolder]);
  });
  await server.query(databaseUrl, statement);
  await withService(async (service) => {
    await using events = await subscribe(service, service.key(['event:subscribe']), {});
    await revoke(service);
    await revoke(service);
    await events.nextEvent();
    await events.nextEvent();
    await using again = await subscribe(service, service.key(['event:subscribe']), { after: lost.id });
    expect(again.refusal?.errors?.[0]?.extensions['code']).toBe('BAD_USER_INPUT');
  });
});
