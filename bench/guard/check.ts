/** The CPU time that `guard.check` and `guard.isRevoked` take beside `jwtVerify` of jose alone, with many revocations. */
import { createLocalJWKSet, exportJWK, generateKeyPair, jwtVerify, SignJWT } from 'jose';
import { createGuard } from '../../src/guard/guard.js';
import { median } from '../load/statistics.js';

const idOf = (kind: string, number: number) => `${kind}0000000-0000-4000-8000-${number.toString(16).padStart(12, '0')}`;
const audience = idOf('a', 1);
const issuer = 'acme.com';
const checksOfRound = 1_000;
const lookUps = 1_000_000;

export interface GuardCheck {
  /** How many revocations the guard knows. */
  readonly revocations: number;
  /** Whether the guard has verified the token before; without that, it remembers no tokens. */
  readonly hasSeenToken: boolean;
  readonly verifyMicros: number;
  readonly checkMicros: number;
  /** Of the two: the median over the rounds. */
  readonly ratio: number;
  /** For one `isRevoked` of a token that is not. */
  readonly isRevokedNanoseconds: number;
  readonly heapBytes: number;
}

const { privateKey, publicKey } = await generateKeyPair('RS256');
const keySet = { keys: [{ ...(await exportJWK(publicKey)), kid: 'one', alg: 'RS256', use: 'sig' }] };
const issuedAt = Math.floor(Date.now() / 1_000);
const claims = { sub: idOf('b', 1), sid: idOf('f', 1), roles: ['user'], tid: idOf('d', 1) };
const signed = await new SignJWT({ ...claims, iss: issuer, aud: audience, iat: issuedAt, exp: issuedAt + 3_600 })
  .setProtectedHeader({ alg: 'RS256', kid: 'one', typ: 'JWT' })
  .sign(privateKey);

const bytes = Buffer.from(signed);
/** Another text each time, as from a request: the runtime keeps the hash of a text that it has looked up. */
const newToken = () => bytes.toString('latin1');

/** A service that knows so many revocations, and says nothing more. */
function serviceWith(count: number): typeof fetch {
  return async (input, init) => {
    const { pathname } = new URL(String(input));
    if (pathname === '/.well-known/jwks.json') return Response.json(keySet);
    if (pathname === '/graphql/stream') {
      const stream = new ReadableStream({
        start: (controller) => controller.enqueue(new TextEncoder().encode(':\n\n')),
      });
      return new Response(stream, { headers: { 'content-type': 'text/event-stream' } });
    }
    const { query, variables } = JSON.parse(String(init?.body));
    if (query.includes('viewer')) {
      const permissions = ['event:subscribe', 'session:read'];
      return Response.json({ data: { viewer: { permissions, tenantIds: null, applicationIds: null } } });
    }
    const begin = variables.after === null ? 0 : Number(variables.after) + 1;
    const about = { userId: null, applicationId: null, issuedBefore: new Date(1_000).toISOString() };
    const expiresAt = new Date(Date.now() + 3_600_000).toISOString();
    const revocations = Array.from({ length: Math.min(variables.first, count - begin) }, (_, index) => {
      const number = begin + index;
      return { ...about, id: `${number}`, sessionId: idOf('e', number), expiresAt };
    });
    return Response.json({ data: { revocationsCompleteSince: new Date(0).toISOString(), revocations } });
  };
}

const findKey = createLocalJWKSet(keySet);
const verify = () =>
  jwtVerify(newToken(), findKey, {
    algorithms: ['RS256'],
    issuer: [issuer],
    audience: [audience],
    clockTolerance: 5,
    requiredClaims: ['exp', 'iat', 'sub'],
  });

/** CPU time of the process, threads of cryptography included: what else the machine does does not count. */
async function microseconds(work: () => Promise<unknown>): Promise<number> {
  const before = process.cpuUsage();
  for (let done = 0; done < checksOfRound; done++) await work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / checksOfRound;
}

interface GuardCheckOptions extends Pick<GuardCheck, 'revocations' | 'hasSeenToken'> {
  readonly rounds: number;
}

/** A guard that knows so many revocations, beside `jwtVerify` with the same demands. */
export async function checkBesideVerify({ revocations, hasSeenToken, rounds }: GuardCheckOptions): Promise<GuardCheck> {
  globalThis.gc?.();
  const heapBefore = process.memoryUsage().heapUsed;
  await using guard = createGuard(
    {
      serviceUrl: 'http://service',
      serviceKey: 'key',
      accessTokens: { fusionAuthUrl: 'http://fusionauth', issuer, audience },
      whenFeedIsDown: 'refuse',
      feedToleranceMs: 600_000,
      maxRevocations: 1_000_000,
      ...(hasSeenToken ? {} : { maxRememberedTokens: 0 }),
    },
    { fetch: serviceWith(revocations) },
  );
  await guard.ready();
  if (guard.revocationCount !== revocations) throw new Error(`It knows ${guard.revocationCount} revocations`);
  globalThis.gc?.();
  const heapBytes = process.memoryUsage().heapUsed - heapBefore;
  const check = async () => {
    if (!(await guard.check(newToken())).ok) throw new Error('A live session is refused');
  };
  await microseconds(verify);
  await microseconds(check);
  const times: { readonly alone: number; readonly checked: number }[] = [];
  for (let round = 0; round < rounds; round++) {
    // Each goes first as often as the other, so that what else the machine does befalls both.
    const first = await microseconds(round % 2 === 0 ? verify : check);
    const second = await microseconds(round % 2 === 0 ? check : verify);
    times.push(round % 2 === 0 ? { alone: first, checked: second } : { alone: second, checked: first });
  }
  const before = process.cpuUsage();
  for (let done = 0; done < lookUps; done++) if (guard.isRevoked(claims)) throw new Error('It is not revoked');
  const { user, system } = process.cpuUsage(before);
  return {
    revocations,
    hasSeenToken,
    verifyMicros: median(times.map(({ alone }) => alone)),
    checkMicros: median(times.map(({ checked }) => checked)),
    ratio: median(times.map(({ alone, checked }) => checked / alone)),
    isRevokedNanoseconds: ((user + system) / lookUps) * 1_000,
    heapBytes,
  };
}
