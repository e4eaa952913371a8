import fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Guard } from '../../src/guard/guard.js';
import { ScriptedService, sessionNumber, signText, signToken, until } from './scripted-service.js';
import { readyGuard } from './start-guard.js';

let service: ScriptedService;

beforeAll(async () => {
  service = await ScriptedService.start();
});
afterAll(() => service[Symbol.asyncDispose]());

const nowMs = 1_790_000_000_000;
const nowSeconds = nowMs / 1_000;
const keysAgeMs = 600_001;

/** A guard that remembers tokens beside one that does not, by the same clocks. */
class Pair implements AsyncDisposable {
  static async start(): Promise<Pair> {
    service.keyIds.splice(0, service.keyIds.length, 'one');
    const pair = new Pair();
    // A guard may be slow to say it is ready, and time stands still for its feed.
    for (const maxRememberedTokens of [5_000, 0]) pair.#guards.push(await pair.#startGuard(maxRememberedTokens));
    return pair;
  }

  readonly #guards: (Guard & AsyncDisposable)[] = [];
  readonly #fetches = new Set<Promise<unknown>>();
  #offsetMs = 0;
  #elapsedMs = 0;

  private constructor() {}

  async #startGuard(maxRememberedTokens: number): Promise<Guard> {
    const options = { maxRememberedTokens, maxRevocationLagSeconds: 0, feedToleranceMs: 2 ** 31 - 2 };
    const { guard } = await readyGuard(service, options, {
      now: () => nowMs + this.#elapsedMs + this.#offsetMs,
      elapsedMs: () => this.#elapsedMs,
      fetch: (input, init) => {
        const answer = fetch(input, init);
        if (`${input}`.endsWith('jwks.json')) this.#fetches.add(answer);
        return answer;
      },
    });
    return guard;
  }

  /** The decisions, once keys that were being fetched are in force. */
  async check(token: string) {
    const decisions = await Promise.all(this.#guards.map((guard) => guard.check(token)));
    await Promise.allSettled(this.#fetches);
    if (this.#fetches.size > 0) await new Promise((resolve) => setTimeout(resolve, 5));
    this.#fetches.clear();
    return decisions;
  }

  get guards(): readonly Guard[] {
    return this.#guards;
  }

  setClock(offsetMs: number): void {
    this.#offsetMs = offsetMs;
  }

  advance(durationMs: number): void {
    this.#elapsedMs += durationMs;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const guard of this.#guards) await guard[Symbol.asyncDispose]();
  }
}

/** Near the five seconds by which clocks may differ. */
const seconds = fc.integer({ min: -8, max: 8 });

/** Tokens that count, soon count or no longer count, and some that never do. */
const tokens = fc.record({
  exp: fc.oneof(seconds, fc.constantFrom(7_200, 86_400)),
  nbf: fc.oneof(seconds, fc.constantFrom(undefined, undefined)),
  kid: fc.constantFrom('one', 'one', 'one', 'two'),
  claims: fc.constantFrom<Readonly<Record<string, unknown>>>(
    {},
    {},
    {},
    {},
    { aud: 'other' },
    { nonce: 'x' },
    { sid: 7 },
  ),
});

type Wanted = typeof tokens extends fc.Arbitrary<infer Token> ? Token : never;

function signed({ exp, nbf, kid, claims }: Wanted): Promise<string> {
  const times = { iat: nowSeconds - 60, exp: nowSeconds + exp, nbf: nbf === undefined ? undefined : nowSeconds + nbf };
  return signToken({ roles: ['user'], ...times, ...claims }, 'JWT', { kid });
}

/** With another character at a place of the token; the token itself beyond its end. */
function changedAt(token: string, place: number): string {
  return (
    token.slice(0, place) +
    token.slice(place, place + 1).replace(/./, (one) => (one === 'A' ? 'B' : 'A')) +
    token.slice(place + 1)
  );
}

const beyondTheEnd = 10_000;

const steps = fc.array(
  fc.oneof(
    {
      weight: 8,
      arbitrary: fc.record({
        check: fc.nat(1),
        changedAt: fc.oneof({ weight: 5, arbitrary: fc.constant(beyondTheEnd) }, fc.nat(700)),
      }),
    },
    { weight: 3, arbitrary: fc.record({ clockSeconds: fc.integer({ min: -16, max: 16 }) }) },
    { weight: 1, arbitrary: fc.record({ publish: fc.constantFrom('one', 'two') }) },
    { weight: 1, arbitrary: fc.record({ advanceMs: fc.constantFrom(1, 1_000, keysAgeMs) }) },
  ),
  { minLength: 10, maxLength: 40 },
);

it('a token that comes again is decided about as one that nobody has seen, whenever it comes', async () => {
  let accepted = 0;
  let refused = 0;
  const property = fc.asyncProperty(fc.array(tokens, { minLength: 1, maxLength: 2 }), steps, async (wanted, taken) => {
    const pool = await Promise.all(wanted.map(signed));
    await using pair = await Pair.start();
    for (const step of taken) {
      if ('clockSeconds' in step) pair.setClock(step.clockSeconds * 1_000);
      else if ('advanceMs' in step) pair.advance(step.advanceMs);
      else if ('publish' in step) service.keyIds.splice(0, service.keyIds.length, step.publish);
      else {
        const [remembering, plain] = await pair.check(changedAt(pool[step.check % pool.length] ?? '', step.changedAt));
        expect(remembering).toEqual(plain);
        if (remembering?.ok !== true) refused++;
        else {
          accepted++;
          // Whoever gets claims may change them.
          Object.assign(remembering.claims, { roles: ['admin'], exp: nowSeconds + 86_400, nbf: 0 });
        }
      }
    }
  });
  await fc.assert(property, { numRuns: 40 });
  expect(Math.min(accepted, refused)).toBeGreaterThan(20);
});

it('a token that comes again counts until the same millisecond', async () => {
  await using pair = await Pair.start();
  const token = await signToken({ iat: nowSeconds, exp: nowSeconds, nbf: nowSeconds });
  for (const clockMs of [-6_001, -6_000, -5_001, -5_000, -4_999, 4_999, 5_000, 5_001, 6_000]) {
    pair.setClock(0);
    expect(await pair.check(token)).toMatchObject([{ ok: true }, { ok: true }]);
    pair.setClock(clockMs);
    const [remembering, plain] = await pair.check(token);
    expect(remembering).toEqual(plain);
  }
});

it('a token that comes again says what it said, with members given twice and numbers beyond all bounds', async () => {
  await using pair = await Pair.start();
  const claims = `"iss":"acme.com","aud":"a0000000-0000-4000-8000-000000000001","sub":"b0000000-0000-4000-8000-000000000001"`;
  const times = `"iat":${nowSeconds},"exp":1e400,"nbf":-0,"__proto__":{"sid":"x"},"ü":"\\ud800"`;
  const token = await signText(`{"sid":"${sessionNumber(1)}",${claims},${times},"sid":"${sessionNumber(2)}"}`);
  const [first, plain] = await pair.check(token);
  const [again] = await pair.check(token);
  expect(first).toMatchObject({ ok: true, sessionId: sessionNumber(2) });
  expect(first).toEqual(plain);
  expect(again).toEqual(plain);
});

it('a token that comes again is refused once its session was revoked', async () => {
  await using pair = await Pair.start();
  const sid = sessionNumber(501);
  const token = await signToken({ iat: nowSeconds, exp: nowSeconds + 60, sid });
  for (let time = 0; time < 2; time++) expect(await pair.check(token)).toMatchObject([{ ok: true }, { ok: true }]);
  service.revoke({ sessionId: sid, expiresAt: new Date(nowMs + 3_600_000).toISOString() });
  await until(() => pair.guards.every((guard) => guard.isRevoked({ sid })));
  expect(await pair.check(token)).toMatchObject([{ reason: 'revoked' }, { reason: 'revoked' }]);
});
