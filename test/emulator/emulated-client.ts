import { randomUUID } from 'node:crypto';
import { FusionAuthClient } from '@fusionauth/typescript-client';
import { afterAll, beforeAll, expect } from 'vitest';
import { type Emulator, startEmulator } from '../../src/emulator/emulator.js';
export const redirectUri = 'https://shop.example/callback';

export let emulator: Emulator;
let client: FusionAuthClient;
/** The methods of the client that have succeeded. */
export const succeeded = new Set<string>();

/** One emulator for the tests of a file, and the official client of it. */
export function useEmulator(): void {
  beforeAll(async () => {
    emulator = await startEmulator();
    emulator.store.tenantOrThrow(emulator.tenantId).issuer = emulator.url;
    client = new FusionAuthClient(emulator.apiKey, emulator.url);
  });

  afterAll(() => emulator[Symbol.asyncDispose]());
}

export type Body = Record<string, unknown>;

/** Calls a method of the client, which must succeed, and returns the answer. */
export async function call(name: string, ...args: unknown[]): Promise<Body> {
  const method: unknown = Reflect.get(client, name);
  if (typeof method !== 'function') throw new Error(`The client has no ${name}`);
  const settle = ({
    statusCode,
    response,
    exception,
  }: {
    statusCode: number;
    response?: Body;
    exception?: unknown;
  }) => {
    if (statusCode < 200 || statusCode > 299) {
      throw new Error(`${name} was answered ${statusCode} ${JSON.stringify(exception)}`);
    }
    succeeded.add(name);
    return response ?? {};
  };
  return Reflect.apply(method, client, args).then(settle, settle);
}

/** Makes, reads, changes and lists a record by the methods named after it. */
export async function keepRecord(
  noun: string,
  member: string,
  id: string,
  request: Body,
  ids: string[] = [id],
): Promise<void> {
  expect((await call(`create${noun}`, ...ids, request))[member]).toMatchObject({ id });
  expect((await call(`patch${noun}`, ...ids, { [member]: { description: 'patched' } }))[member]).toMatchObject({ id });
  expect((await call(`update${noun}`, ...ids, request))[member]).toMatchObject({ id });
}

export const named = (name: string) => ({ search: { name } });

export async function user(applicationIds: string[] = []) {
  const email = `${randomUUID()}@example.com`;
  return emulator.store.addUser({ email, username: email.slice(0, 8), password: 'password', applicationIds });
}

export function shop() {
  return emulator.store.addApplication({
    name: `Shop ${randomUUID()}`,
    oauthConfiguration: {
      authorizedRedirectURLs: [redirectUri],
      enabledGrants: ['authorization_code', 'refresh_token', 'password', 'client_credentials'],
    },
  });
}
