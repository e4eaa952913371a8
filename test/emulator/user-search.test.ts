import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Emulator, startEmulator } from '../../src/emulator/emulator.js';
import { callApi } from './api-client.js';

let emulator: Emulator;
let shopId: string;

beforeAll(async () => {
  emulator = await startEmulator();
  shopId = emulator.store.addApplication({ name: 'Shop' }).id;
  emulator.store.addUser({ email: 'ann@example.com', fullName: 'Ann Archer', applicationIds: [shopId] });
  emulator.store.addUser({ email: 'bob@example.com', fullName: 'Bob (Baker)', username: 'bobby' });
  emulator.store.addUser({ email: 'cid@other.example', fullName: 'Cid Archer', active: false });
});

afterAll(() => emulator[Symbol.asyncDispose]());

async function found(search: object): Promise<string[]> {
  const answer = await callApi(emulator, 'POST', '/api/user/search', { body: { search } });
  return (answer.json() as { users: { email: string }[] }).users.map(({ email }) => email.slice(0, 3));
}

it.each([
  ['*', ['ann', 'bob', 'cid']],
  ['archer', ['ann', 'cid']],
  ['ARCHER ann', ['ann']],
  ['email:*@example.com', ['ann', 'bob']],
  ['email:ann@example.com AND active:true', ['ann']],
  ['username:bobby', ['bob']],
  ['fullName:"Ann Archer"', ['ann']],
  ['fullName:"Bob (*"', ['bob']],
  ['nobody', []],
])('finds by the query string %s', async (queryString, expected) => {
  expect(await found({ queryString })).toEqual(expected);
});

it('finds the users registered for an application', async () => {
  expect(await found({ queryString: `registrations.applicationId:${shopId}` })).toEqual(['ann']);
});

it('sorts and pages', async () => {
  const queryString = '*';
  expect(await found({ queryString, sortFields: [{ name: 'email', order: 'desc' }] })).toEqual(['cid', 'bob', 'ann']);
  expect(await found({ queryString, startRow: 1, numberOfResults: 1 })).toEqual(['bob']);
  const answer = await callApi(emulator, 'GET', '/api/user/search?queryString=*&numberOfResults=1&startRow=2');
  expect(answer.json()).toMatchObject({ total: 3, users: [{ email: 'cid@other.example' }] });
});

it('prefers ids to everything else', async () => {
  const [first] = [...emulator.store.users.values()];
  expect(await found({ ids: [first?.id], queryString: '*' })).toEqual(['ann']);
});
