import { type Emulator, startEmulator } from '../../src/emulator/emulator.js';
import { callApi } from '../support/api-client.js';

export interface SearchedUsers {
  readonly emulator: Emulator;
  readonly shopId: string;
  /** Whom a search finds, in order: `ann`, who is registered for the shop as `admin`, `bob` and `cid`. */
  found(search: object): Promise<string[]>;
}

/** An emulator with three users. */
export async function startSearchedUsers(): Promise<SearchedUsers> {
  const emulator = await startEmulator();
  const shopId = emulator.store.addApplication({ name: 'Shop' }).id;
  emulator.store.addUser({ email: 'ann@example.com', fullName: 'Ann Archer', applicationIds: [shopId] });
  for (const registration of [...emulator.store.users.values()].flatMap((user) => user.registrations)) {
    registration.roles = ['admin'];
  }
  emulator.store.addUser({ email: 'bob@example.com', fullName: 'Bob (Baker)', username: 'bobby' });
  emulator.store.addUser({ email: 'cid@other.example', fullName: 'Cid Archer', active: false, data: { plan: 'gold' } });
  return {
    emulator,
    shopId,
    async found(search) {
      const answer = await callApi(emulator, 'POST', '/api/user/search', { body: { search } });
      return (answer.json() as { users: { email: string }[] }).users.map(({ email }) => email.slice(0, 3));
    },
  };
}
