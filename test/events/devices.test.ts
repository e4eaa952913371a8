import { afterAll, beforeAll, expect, it } from 'vitest';
import { claimsFor, shopId, shopTokens, signAsFusionAuth } from '../support/access-tokens.js';
import { startTestService, type TestService } from '../support/service.js';
import { subscribe } from '../support/subscription.js';

let service: TestService;
beforeAll(async () => {
  service = await startTestService({ shopId, env: shopTokens });
});
afterAll(() => service[Symbol.asyncDispose]());

const query = 'subscription { sessionEvents { sessionId device { name description type } } }';
const revoke = 'mutation ($id: ID!) { revokeSession(sessionId: $id) { outcome } }';

interface Event {
  readonly data: { readonly sessionEvents: { readonly sessionId: string; readonly device: object | null } };
}

it('events show the device of a session to those who may see the session, whoever else asks the same', async () => {
  const device = { name: 'Lost phone', description: 'x'.repeat(300), type: 'MOBILE' };
  const user = service.user();
  const lost = user.addSession({ device });
  const unnamed = user.addSession();
  const own = await signAsFusionAuth(service.emulator, claimsFor(service.emulator, user.id));
  const shown = { ...device, description: 'x'.repeat(255) };
  const seers = [
    service.key(['event:subscribe', 'session:read']),
    service.key(['event:subscribe', 'session:read']),
    own,
  ];
  const others = [service.key(['event:subscribe']), service.key(['event:subscribe', 'session:revoke'])];
  const follow = (key: string) => subscribe(service, key, {}, { query });
  // Some of them share what an event looks like.
  const seeing = await Promise.all(seers.map(follow));
  const guards = await Promise.all(others.map(follow));
  for (const { id } of [lost, unnamed]) await service.data(revoke, { id });
  for (const [streams, expected] of [
    [seeing, shown],
    [guards, null],
  ] as const) {
    for (const stream of streams) {
      const events = [(await stream.next()) as unknown as Event, (await stream.next()) as unknown as Event];
      expect(events.map(({ data }) => data.sessionEvents)).toEqual([
        { sessionId: lost.id, device: expected },
        { sessionId: unnamed.id, device: null },
      ]);
      await stream[Symbol.asyncDispose]();
    }
  }
});
