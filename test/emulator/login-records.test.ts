import { inflateRawSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { MovableClock } from '../../src/emulator/clock.js';
import { type Emulator, startEmulator } from '../../src/emulator/emulator.js';
import type { Application, User } from '../../src/emulator/store/records.js';
import { callApi, signIn } from '../support/api-client.js';

const start = Date.UTC(2026, 4, 12, 6, 25, 12);
const path = '/api/system/login-record';

let emulator: Emulator;
let shop: Application;
let alice: User;
let bob: User;

beforeAll(async () => {
  const clock = new MovableClock();
  clock.set(start);
  emulator = await startEmulator({ clock });
  shop = emulator.store.addApplication({ name: 'Shop' });
  const applicationIds = [shop.id];
  alice = emulator.store.addUser({ email: 'alice@example.com', username: 'al', password: 'password', applicationIds });
  bob = emulator.store.addUser({ username: 'bob', password: 'password', applicationIds });
  await signIn(emulator, 'ALICE@example.com', shop.id, { ipAddress: '192.0.2.1' });
  clock.advance(1_000);
  await signIn(emulator, 'bob', shop.id, { ipAddress: '192.0.2.2' });
  clock.advance(1_000);
  await signIn(emulator, 'al', shop.id, { ipAddress: '192.0.2.3' });
  clock.advance(1_000);
  await callApi(emulator, 'PUT', `/api/login/${alice.id}/${shop.id}?ipAddress=192.0.2.4`);
  await callApi(emulator, 'POST', '/api/login', {
    body: { loginId: 'bob', password: 'wrong', applicationId: shop.id },
  });
});

afterAll(() => emulator[Symbol.asyncDispose]());

interface Found {
  readonly logins: { readonly ipAddress: string }[];
  readonly total?: number;
}

async function found(query: string): Promise<Found> {
  return (await callApi(emulator, 'GET', `${path}/search${query}`)).json() as Found;
}

describe('a search of login records', () => {
  it('shows who signed in where, when, from where and with what, newest first, and no failure', async () => {
    expect(await found('')).toEqual({
      logins: [
        { ...of(alice), instant: start + 3_000, ipAddress: '192.0.2.4', loginId: 'alice@example.com' },
        { ...of(alice), instant: start + 2_000, ipAddress: '192.0.2.3', loginId: 'al', loginIdType: 'username' },
        { ...of(bob), instant: start + 1_000, ipAddress: '192.0.2.2', loginId: 'bob', loginIdType: 'username' },
        { ...of(alice), instant: start, ipAddress: '192.0.2.1', loginId: 'ALICE@example.com', loginIdType: 'email' },
      ],
    });
  });

  it.each([
    ['a user', () => `?userId=${bob.id}`, ['192.0.2.2']],
    ['an application', () => `?applicationId=${emulator.tenantId}`, []],
    ['a time', () => `?start=${start + 1_000}&end=${start + 2_000}`, ['192.0.2.3', '192.0.2.2']],
    ['a page', () => '?startRow=1&numberOfResults=2', ['192.0.2.3', '192.0.2.2']],
  ])('narrows to %s', async (_name, query, addresses) => {
    expect((await found(query())).logins.map(({ ipAddress }) => ipAddress)).toEqual(addresses);
  });

  it('counts only when asked to, by either method', async () => {
    expect((await found('?retrieveTotal=true&numberOfResults=1')).total).toBe(4);
    const body = { retrieveTotal: true, search: { userId: alice.id, numberOfResults: 1 } };
    const answer = await callApi(emulator, 'POST', `${path}/search`, { body });
    expect(answer.json()).toMatchObject({ total: 3, logins: [{ ipAddress: '192.0.2.4' }] });
  });

  it('shows no sign-in that a webhook refused, by whatever way it came', async () => {
    const type = 'user.login.success';
    emulator.store.enableEvents([type], 'AbsoluteMajority');
    const webhook = emulator.store.addWebhook({ url: 'http://127.0.0.1:1/', eventsEnabled: { [type]: true } });
    const before = { ...(await found('?retrieveTotal=true')), lastLogin: bob.lastLoginInstant };
    shop.oauthConfiguration.enabledGrants = ['password'];
    const credentials = { loginId: 'bob', password: 'password', applicationId: shop.id };
    const login = await callApi(emulator, 'POST', '/api/login', { body: credentials });
    const grant = await callApi(emulator, 'POST', '/oauth2/token', {
      authorization: null,
      body: new URLSearchParams({
        grant_type: 'password',
        client_id: shop.id,
        client_secret: shop.oauthConfiguration.clientSecret,
        username: 'bob',
        password: 'password',
        scope: 'offline_access',
      }),
    });
    const ping = await callApi(emulator, 'PUT', `/api/login/${bob.id}/${shop.id}`);
    emulator.store.webhooks.delete(webhook.id);
    expect([login.status, grant.status, ping.status]).toEqual([504, 504, 504]);
    expect({ ...(await found('?retrieveTotal=true')), lastLogin: bob.lastLoginInstant }).toEqual(before);
    expect(emulator.store.sessionsOf(bob.id)).toHaveLength(1);
  });

  it('is refused to a key of a tenant', async () => {
    const tenant = emulator.store.addTenant();
    const { key } = emulator.store.addApiKey({ tenantId: tenant.id });
    const answer = await callApi(emulator, 'GET', `${path}/search`, { authorization: key });
    expect([answer.status, answer.text]).toEqual([401, '']);
  });

  it("has a short form for a user's most recent ones", async () => {
    const answer = await callApi(emulator, 'GET', `/api/user/recent-login?userId=${alice.id}&offset=1&limit=1`);
    expect((answer.json() as Found).logins).toMatchObject([{ ipAddress: '192.0.2.3' }]);
  });
});

describe('an export of login records', () => {
  it('is a ZIP archive of the documented table, in the time zone asked for', async () => {
    const archive = await exported('zoneId=America%2FDenver');
    expect(archive.readUInt32LE(0)).toBe(0x04_03_4b_50);
    const [nameLength, packed] = [archive.readUInt16LE(26), archive.readUInt32LE(18)];
    const text = inflateRawSync(archive.subarray(30 + nameLength, 30 + nameLength + packed)).toString();
    const [header, , , , oldest] = text.split('\n');
    expect(header).toBe(
      '"User Id ","Identity value ","Identity type ","Time ","Application Id ","IP Address ","City ","Country ",' +
        '"Zipcode ","Region ","Latitude ","Longitude "',
    );
    const time = '5/12/2026 12:25:12 AM MDT';
    expect(oldest).toBe(`${alice.id},ALICE@example.com,email,${time},${shop.id},192.0.2.1,,,,,,`);
  });

  it('refuses a format of dates that it does not have, and a zone that is none', async () => {
    const post = (body: object) => callApi(emulator, 'POST', `${path}/export`, { body });
    expect((await post({ dateTimeSecondsFormat: 'yyyy' })).status).toBe(501);
    expect((await post({ zoneId: 'Mars/Base' })).status).toBe(400);
    expect((await post({ criteria: { userId: bob.id } })).headers.get('content-type')).toBe('application/zip');
  });

  async function exported(query: string): Promise<Buffer> {
    const headers = { authorization: emulator.apiKey };
    const answer = await fetch(`${emulator.url}${path}/export?${query}`, { headers });
    return Buffer.from(await answer.arrayBuffer());
  }
});

function of({ id }: User): object {
  return { userId: id, applicationId: shop.id, applicationName: 'Shop' };
}
