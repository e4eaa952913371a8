import fc from 'fast-check';
import { expect, it } from 'vitest';
import { startTestService } from '../support/service.js';
import { subscribe } from '../support/subscription.js';
import { type EventJson, examples, ids } from '../support/webhook-events.js';

const runs = Number(process.env['ODD_EVENTS'] ?? 150);
const secret = 'a-secret-that-only-fusionauth-knows';

/** What a proxy, a custom serialiser or whoever holds the secret could put where FusionAuth puts an id or an instant. */
const oddValue = fc.oneof(
  fc.constantFrom<unknown>(
    null,
    true,
    '',
    ' ',
    0,
    -1,
    1.5,
    1e308,
    -1e308,
    2 ** 53,
    8.64e15,
    8.64e15 + 1,
    2 ** 31,
    [],
    {},
  ),
  fc.constantFrom(
    'null',
    'NaN',
    '00000000-0000-0000-0000-000000000000',
    '\u0000',
    '\u202e\u009b',
    '\ud800',
    '__proto__',
  ),
  fc.string({ unit: 'binary', maxLength: 40 }),
  fc.constant('x'.repeat(100_000)),
  fc.integer(),
  fc.double(),
  fc.uuid(),
  fc.uuid().map((id) => id.toUpperCase()),
  fc.jsonValue({ maxDepth: 3 }),
);

/** Where it goes: any member of an event, at any depth, or one that no event has. */
const change = fc.record({
  at: fc.nat(),
  value: oddValue,
  as: fc.constantFrom('value', 'value', 'value', 'missing', 'more', 'inLists'),
});

const oddEvent = fc
  .record({
    example: fc.constantFrom(...Object.values(examples)),
    changes: fc.array(change, { minLength: 1, maxLength: 3 }),
  })
  .map(({ example, changes }) => changes.reduce((event: unknown, one) => changed(event, one), example()));

function changed(
  value: unknown,
  { at, value: odd, as }: typeof change extends fc.Arbitrary<infer T> ? T : never,
): unknown {
  const paths = pathsIn(value, []);
  const path = paths[at % paths.length] ?? [];
  const text = JSON.stringify(value);
  const copy: unknown = JSON.parse(text);
  const parent = path.slice(0, -1).reduce((found: unknown, name) => Reflect.get(Object(found), name), copy);
  const name = path.at(-1);
  if (typeof parent !== 'object' || parent === null || name === undefined) return copy;
  if (as === 'missing') Reflect.deleteProperty(parent, name);
  else if (as === 'more') Reflect.set(parent, typeof odd === 'string' ? odd.slice(0, 50) : 'another', odd);
  else Reflect.set(parent, name, as === 'inLists' ? [[Reflect.get(parent, name)], odd] : odd);
  return copy;
}

function pathsIn(value: unknown, path: readonly string[]): readonly (readonly string[])[] {
  if (typeof value !== 'object' || value === null) return path.length === 0 ? [] : [path];
  const below = Object.entries(value).flatMap(([name, member]) => pathsIn(member, [...path, name]));
  return path.length === 0 ? below : [path, ...below];
}

interface Refusal {
  readonly sessionId: string | null;
  readonly userId: string | null;
  readonly applicationId: string | null;
  readonly issuedBefore: string;
  readonly expiresAt: string;
}

const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

it('events of any values, of FusionAuth, are handled or refused, and whatever is published of them is whole', {
  timeout: 120_000,
}, async () => {
  const env = { WEBHOOK_HEADER_NAME: 'x-secret', WEBHOOK_HEADER_VALUE: secret };
  await using service = await startTestService({ env, tenantId: ids.tenant });
  const { clock } = service.emulator;
  const deliver = async (event: unknown) => {
    const response = await service.fetch('/webhooks/fusionauth', {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-secret': secret },
      body: JSON.stringify({ event }),
    });
    await response.arrayBuffer();
    return response.status;
  };
  await using feed = await subscribe(service, service.key(['event:subscribe', 'session:read']));
  const statuses = new Map<number, number>();

  await fc.assert(
    fc.asyncProperty(oddEvent, async (event) => {
      const status = await deliver(event);
      statuses.set(status, (statuses.get(status) ?? 0) + 1);
      expect([200, 400]).toContain(status);
    }),
    { numRuns: runs, endOnFailure: true },
  );
  // The changes leave some whole, and some not.
  expect([...statuses.keys()].sort()).toEqual([200, 400]);

  const { revocations } = await service.data<{ readonly revocations: readonly Refusal[] }>(
    '{ revocations { sessionId userId applicationId issuedBefore expiresAt } }',
  );
  for (const { sessionId, userId, applicationId, issuedBefore, expiresAt } of revocations) {
    const named = [sessionId, userId, applicationId].filter((id) => id !== null);
    expect(named.length).toBeGreaterThan(0);
    for (const id of named) expect(id).toMatch(uuid);
    expect(Date.parse(issuedBefore)).toBeLessThanOrEqual(clock.now() + 60_000);
    expect(Date.parse(expiresAt)).toBeGreaterThan(Date.parse(issuedBefore) - 1);
  }
  for (const example of Object.values(examples)) expect(await deliver(example() satisfies EventJson)).toBe(200);
  const { revocations: after } = await service.data<{ readonly revocations: readonly Refusal[] }>(
    '{ revocations { userId } }',
  );
  expect(after.length).toBeGreaterThan(0);
  await expect.poll(() => feed.ids.length).toBeGreaterThan(0);
  // FusionAuth does not know every tenant that an event may name.
  const failed = service.logs.filter(({ level }) => level === 'error' || level === 'fatal');
  expect(failed.filter(({ err }) => !/\[invalid\]tenantId/.test(JSON.stringify(err)))).toEqual([]);
});
