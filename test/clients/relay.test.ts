import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';
import { permissions } from '../../src/domain/caller.js';
import { startTestService } from '../support/service.js';

const folder = fileURLToPath(new URL('./relay/', import.meta.url));

interface Shown {
  /** The ids in the list, each time that Relay had the page drawn. */
  readonly shown: readonly (readonly string[])[];
  readonly row: Readonly<Record<string, unknown>>;
  readonly outcome: string;
}

const isInstalled = existsSync(`${folder}node_modules`);
const isOptional = process.env['CI'] === undefined;

it.skipIf(!isInstalled && isOptional)(
  `Relay compiles documents for the schema, adds the next page, refetches a session, and follows a revocation${isInstalled ? '' : ': skipped without `npm ci --prefix test/clients/relay`'}`,
  async () => {
    await using service = await startTestService();
    const alice = service.user({ sessions: 5 });
    const before = alice.liveIds();
    const { stdout } = await promisify(execFile)(process.execPath, [`${folder}client.cjs`], {
      env: {
        PATH: process.env['PATH'],
        SERVICE_URL: service.url,
        SERVICE_KEY: service.key(permissions),
        USER_ID: alice.id,
      },
    });
    const { shown, row, outcome }: Shown = JSON.parse(stdout);
    expect(shown[0]).toEqual(before.slice(0, 2));
    expect(shown).toContainEqual(before);
    expect(row).toMatchObject({ id: before[0], state: 'ACTIVE', createdAt: expect.any(String) });
    expect(outcome).toBe('REVOKED');
    expect(shown.at(-1)).toEqual(before.slice(1));
    expect(alice.liveIds()).toEqual(before.slice(1));
  },
);
