import { afterAll, beforeAll, expect, it } from 'vitest';
import { startTestService, type TestService } from '../support/service.js';
import type { TestUser } from '../support/users.js';

let service: TestService;
let alice: TestUser;
let phoneId: string;

beforeAll(async () => {
  service = await startTestService();
  alice = service.user();
  const add = (name: string, type: string, lastAccessedAddress: string) =>
    alice.addSession({ device: { name, type, description: `${name} of Alice`, lastAccessedAddress } }).id;
  phoneId = add('Pixel 9', 'MOBILE', '203.0.113.17');
  add('MacBook Air', 'LAPTOP', '203.0.113.170');
  add('Office PC', 'DESKTOP', '2001:db8::51');
  alice.addSession();
});

afterAll(() => service[Symbol.asyncDispose]());

const document = `query ($userId: ID!, $filter: SessionFilter) {
  sessions(userId: $userId, filter: $filter) { device { name } }
}`;

async function names(filter: object, user: TestUser = alice): Promise<(string | null)[]> {
  const data = await service.data<{ sessions: { device: { name: string | null } }[] }>(document, {
    userId: user.id,
    filter,
  });
  return data.sessions.map(({ device }) => device.name).sort();
}

it.each([
  [{ text: 'pixel' }, ['Pixel 9']],
  [{ text: 'OF ALICE' }, ['MacBook Air', 'Office PC', 'Pixel 9']],
  [{ text: 'laptop' }, ['MacBook Air']],
  [{ text: '203.0.113.17' }, ['MacBook Air', 'Pixel 9']],
  [{ text: '.*' }, []],
  [{ ipAddress: '203.0.113.17' }, ['Pixel 9']],
  [{ ipAddress: '2001:db8::51' }, ['Office PC']],
  [{ ipAddress: '203.0.113' }, []],
  [{ text: 'pixel', ipAddress: '2001:db8::51' }, []],
  [{ text: null, ipAddress: null }, [null, 'MacBook Air', 'Office PC', 'Pixel 9']],
])('sessions are found by %j', async (filter, expected) => {
  expect((await names(filter)).sort()).toEqual([...expected].sort());
});

it.each([
  ['2001:db8::51', '2001:db8:0:0:0:0:0:51'],
  ['2001:DB8::51', '2001:db8:0:0:0:0:0:51'],
  ['2001:0db8:0000:0000:0000:0000:0000:0051', '2001:db8::51'],
  ['0:0:0:0:0:0:0:1', '::1'],
  ['2001:db8::', '2001:db8:0:0:0:0:0:0'],
  ['203.0.113.7', '::ffff:203.0.113.7'],
  ['::FFFF:203.0.113.7', '203.0.113.7'],
  ['0:0:0:0:0:ffff:203.0.113.7', '203.0.113.7'],
])('the address %s is found where FusionAuth writes it as %s', async (ipAddress, lastAccessedAddress) => {
  const user = service.user();
  user.addSession({ device: { name: 'wanted', lastAccessedAddress } });
  for (const other of ['2001:db8::52', '2001:db8::51:0', '203.0.113.77', '::ffff:203.0.113.70', '::2', '']) {
    user.addSession({ device: { name: 'other', lastAccessedAddress: other } });
  }
  for (const filter of [{ ipAddress }, ...(ipAddress.includes(':') ? [{ text: ipAddress }] : [])]) {
    expect(await names(filter, user)).toContain('wanted');
  }
  expect(await names({ ipAddress }, user)).toEqual(['wanted']);
  const { data } = (
    await service.query<{ revokeSessions: { revokedCount: number } }>(
      'mutation ($input: RevokeSessionsInput!) { revokeSessions(input: $input) { revokedCount } }',
      { input: { userId: user.id, filter: { ipAddress }, reason: 'INCIDENT_RESPONSE' } },
    )
  ).body;
  expect(data?.revokeSessions.revokedCount).toBe(1);
});

it.each(['a::b::c', 'x:y', ':::', '2001:db8::51/64'])('%s is no address, and finds none', async (ipAddress) => {
  const user = service.user();
  user.addSession({ device: { name: 'other', lastAccessedAddress: 'a:0:0:0:0:0:0:b' } });
  expect(await names({ ipAddress }, user)).toEqual([]);
});

it('a session is found by a part of its id', async () => {
  expect(await names({ text: phoneId.slice(0, 13).toUpperCase() })).toEqual(['Pixel 9']);
});

it.each([
  [{ text: '' }, 'filter.text must have 1 to 128 characters.'],
  [{ text: 'x'.repeat(129) }, 'filter.text must have 1 to 128 characters.'],
  [{ ipAddress: 'x'.repeat(65) }, 'filter.ipAddress must have 1 to 64 characters.'],
])('refuses %j', async (filter, message) => {
  const { body } = await service.query(document, { userId: alice.id, filter });
  expect(body.errors).toMatchObject([{ message, extensions: { code: 'BAD_USER_INPUT' } }]);
});

it.each(['text', 'ipAddress'])('whoever may not see details cannot try for them by %s', async (member) => {
  const input = { userId: alice.id, reason: 'OTHER', dryRun: true, filter: { [member]: '203.0.113.17' } };
  const { body } = await service.query(
    'mutation ($input: RevokeSessionsInput!) { revokeSessions(input: $input) { more } }',
    { input },
    { key: service.key(['session:bulk']) },
  );
  expect(body.errors).toMatchObject([{ extensions: { code: 'FORBIDDEN' } }]);
});
