import { certificateFault } from '../fusionauth/certificate-fault.js';
import type { ExaminedService } from './examined-service.js';
import { type Found, notChecked, ok, problem, shown, warning } from './found.js';

const eventStream = 'text/event-stream';

/** How long headers and first bytes of a stream may take, in milliseconds. */
const promptMs = 3_000;

/** Origins that are tried. */
const maxOrigins = 10;

/** Whether the service can be reached where clients see it. Asks for nothing that needs credentials. */
export async function publicUrlFindings(url: string | null, signal: AbortSignal): Promise<readonly Found[]> {
  if (url === null) {
    return [notChecked('Where clients see the service is not known. Set PUBLIC_URL, or give --url URL.')];
  }
  const begunAt = performance.now();
  const answer = await tried(() => fetch(`${url}/health/live`, { redirect: 'manual', signal }));
  const ms = Math.round(performance.now() - begunAt);
  if (!(answer instanceof Response)) {
    const fault = certificateFault(answer.code);
    if (fault !== null) return [problem(`${url}: ${fault}`)];
    // As it is before the first start.
    return [
      warning(`${url} cannot be reached from here (${answer.code}). Start the service, or check name and proxy.`),
    ];
  }
  const body: unknown = await answer.json().catch(() => null);
  if (answer.status === 200 && (body as { readonly status?: unknown } | null)?.status === 'live') {
    return [ok(`The service answers at ${url} in ${ms} ms.`)];
  }
  const message = `${url}/health/live answers ${answer.status}, and not as the service does. Check BASE_PATH, and which paths the proxy passes on.`;
  return [problem(message)];
}

/** Whether the origins that may call by the configuration, and no others, may call at the address that clients see. */
export async function corsFindings(
  url: string | null,
  { config: { http } }: ExaminedService,
  signal: AbortSignal,
): Promise<readonly Found[]> {
  const { corsOrigins } = http;
  if (corsOrigins === null) return [ok('Pages of other origins may not call: CORS_ORIGINS is not set.')];
  const found = corsOrigins
    .filter((origin) => /^http:/.test(origin) && !/^http:\/\/(localhost|127\.|\[::1\])/.test(origin))
    .map((origin) =>
      warning(
        `CORS_ORIGINS names ${shown(origin)}, whose pages anybody between can change: what they call with can be stolen. Serve them by https.`,
      ),
    );
  if (url === null)
    return [...found, notChecked('Origins were not tried, because neither PUBLIC_URL nor --url is set.')];
  for (const origin of corsOrigins.slice(0, maxOrigins)) {
    const answer = await tried(() => fetch(`${url}/graphql`, { ...preflight(origin), signal }));
    if (!(answer instanceof Response)) return [...found, notChecked(`Origins were not tried: ${url} is not reached.`)];
    const allowed = answer.headers.get('access-control-allow-origin');
    if (allowed === origin) continue;
    const message = `At ${url}, pages of ${shown(origin)} may not call although CORS_ORIGINS names them (the answer allows ${shown(allowed ?? 'none')}). Let the proxy pass OPTIONS and Origin on, and answer neither itself.`;
    found.push(problem(message));
  }
  const stranger = await tried(() => fetch(`${url}/graphql`, { ...preflight('https://stranger.invalid'), signal }));
  const isOpen = stranger instanceof Response && stranger.headers.get('access-control-allow-origin') !== null;
  if (isOpen) {
    const message = `At ${url}, pages of any origin may call: something in front of the service answers for it. Take its CORS headers away.`;
    found.push(problem(message));
  }
  return found.length > 0
    ? found
    : [ok(`Pages of the ${corsOrigins.length} origins of CORS_ORIGINS may call, and of no other.`)];
}

function preflight(origin: string): RequestInit {
  return {
    method: 'OPTIONS',
    redirect: 'manual',
    headers: {
      origin,
      'access-control-request-method': 'POST',
      'access-control-request-headers': 'authorization,content-type',
    },
  };
}

/** Whether streams arrive as they are written. @param credential A service key or an access token. Never shown. */
export async function streamFindings(
  url: string | null,
  credential: string | null,
  signal: AbortSignal,
): Promise<readonly Found[]> {
  if (url === null) return [notChecked('Streams were not tried, because neither PUBLIC_URL nor --url is set.')];
  if (credential === null) {
    const message =
      'Streams were not tried: that takes a service key with event:subscribe, or an access token. Name a file that holds one by --token-file.';
    return [notChecked(message)];
  }
  const closing = new AbortController();
  const begunAt = performance.now();
  const late = setTimeout(() => closing.abort(), promptMs);
  try {
    const answer = await fetch(`${url}/graphql/stream`, {
      method: 'POST',
      redirect: 'manual',
      headers: { authorization: `Bearer ${credential}`, 'content-type': 'application/json', accept: eventStream },
      body: JSON.stringify({ query: 'subscription Doctor { sessionEvents { id } }' }),
      signal: AbortSignal.any([signal, closing.signal]),
    });
    return await ofStream(answer, url, begunAt);
  } catch (error) {
    if (closing.signal.aborted) return [problem(heldBack(url))];
    return [notChecked(`Streams were not tried: ${url} is not reached (${codeOf(error)}).`)];
  } finally {
    clearTimeout(late);
    closing.abort();
  }
}

async function ofStream(answer: Response, url: string, begunAt: number): Promise<readonly Found[]> {
  if (answer.status === 401 || answer.status === 403) {
    return [notChecked(`Streams were not tried: the service at ${url} refuses the credentials (${answer.status}).`)];
  }
  if (answer.status !== 200 || answer.headers.get('content-type')?.startsWith(eventStream) !== true) {
    return [notChecked(`Streams were not tried: ${url}/graphql/stream answers ${answer.status}.`)];
  }
  const reader = answer.body?.getReader();
  const first = await reader?.read();
  const ms = Math.round(performance.now() - begunAt);
  await reader?.cancel();
  const encoding = answer.headers.get('content-encoding');
  if (encoding !== null && encoding !== 'identity') {
    return [
      problem(`${url} compresses streams (${shown(encoding)}), so events wait for each other. Except ${eventStream}.`),
    ];
  }
  if (first === undefined || first.done) return [problem(`${url} ends streams at once. Let the proxy keep them open.`)];
  return [ok(`Streams arrive at once: the first bytes came through ${url} after ${ms} ms.`)];
}

function heldBack(url: string): string {
  return `${url} holds streams back: nothing came within ${promptMs / 1_000} seconds. Switch off buffering and compression of ${eventStream} in the proxy.`;
}

/** Whether it is configured which proxies there are. */
export function proxyFindings({ config: { http, publicUrl } }: ExaminedService): readonly Found[] {
  if (http.trustedProxies !== null || publicUrl === null) return [];
  if (/^https?:\/\/(localhost|127\.|\[::1\])/.test(publicUrl)) return [];
  const message =
    'TRUSTED_PROXIES is not set: logs and limits know the proxy in place of the client, and limits by address are off. Name the proxies, or write none.';
  return [warning(message)];
}

/** The answer, or the code of its failure. */
export async function tried(call: () => Promise<Response>): Promise<Response | { readonly code: string }> {
  try {
    return await call();
  } catch (error) {
    return { code: codeOf(error) };
  }
}

function codeOf(error: unknown): string {
  if (!(error instanceof Error)) return 'no answer';
  const { code } = error as NodeJS.ErrnoException;
  if (typeof code === 'string') return code;
  return error.cause === undefined ? error.name : codeOf(error.cause);
}
