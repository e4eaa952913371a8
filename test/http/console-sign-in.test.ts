import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ConsolePerson, startTestConsole, type TestConsole } from '../support/console.js';

const viewer = '{ viewer { kind displayName sessionId permissions } }';

let service: TestConsole;

beforeAll(async () => {
  service = await startTestConsole();
});

afterAll(() => service[Symbol.asyncDispose]());

describe('signing in to the console', () => {
  it('leads back to the console, whose calls are then those of the person with the permissions of the roles', async () => {
    const person = new ConsolePerson(service);
    expect(await person.signIn('sasha@example.com')).toBe(`${service.consoleUrl}/`);
    const { status, body } = await person.query(viewer);
    expect([status, body]).toEqual([
      200,
      {
        data: {
          viewer: {
            kind: 'USER',
            displayName: 'Sasha Stone',
            sessionId: expect.any(String),
            permissions: ['session:read', 'session:revoke', 'event:subscribe', 'policy:read'],
          },
        },
        extensions: expect.anything(),
      },
    ]);
  });
});
