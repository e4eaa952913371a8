import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Emulator, startEmulator } from '../../src/emulator/emulator.js';
import { buildService, buildTimeoutMs } from '../support/build.js';
import { createTestUser } from '../support/users.js';
import { MeasuredService } from './support/measured-service.js';

let emulator: Emulator;
let service: MeasuredService;

/** The bytes in the old space, garbage included. */
const oldSpace = `v8.getHeapSpaceStatistics().find((one)=>one.space_name==='old_space').space_used_size`;

beforeAll(async () => {
  const [build, started] = await Promise.all([buildService(), startEmulator()]);
  emulator = started;
  service = await MeasuredService.start(build, emulator, oldSpace);
}, buildTimeoutMs);

afterAll(async () => {
  await service[Symbol.asyncDispose]();
  await emulator[Symbol.asyncDispose]();
});

const connections = 24;

/** Simultaneous lists of 50 sessions, one after the other on each connection. */
async function list(userId: string, rounds: number): Promise<void> {
  const query = `{ sessions(userId: "${userId}") { id createdAt expiresAt device { name } ipAddress } }`;
  const oneByOne = async () => {
    for (let round = 0; round < rounds; round++) await service.query(query);
  };
  await Promise.all(Array.from({ length: connections }, oneByOne));
}

/** The most that a list may leave: some objects that outlive two collections. What it has read is twenty times as long. */
const maxBytesOfList = 12_000;

it('leaves nothing that a list has read to the collections of the old space', { timeout: 120_000 }, async () => {
  const application = emulator.store.addApplication({ name: 'Shop' });
  const user = createTestUser(emulator, [application], { sessions: 50 });
  await list(user.id, 30);
  const before = await service.figure();
  const rounds = 40;
  await list(user.id, rounds);
  const bytes = ((await service.figure()) - before) / (connections * rounds);
  if (process.env['HELD_MEMORY'] !== undefined) process.stdout.write(`${Math.round(bytes)} bytes for each list\n`);
  expect(bytes).toBeLessThan(maxBytesOfList);
});
