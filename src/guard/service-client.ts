import type { TenantId } from '../domain/ids.js';
import { reasonOf } from '../domain/reason-of.js';
import { parseRetryAfter } from '../domain/retry-after.js';
import { GuardError } from './guard-error.js';
import { errorIn, type JsonObject, malformed, objectOf, parseJson } from './messages.js';
import { readText } from './read-text.js';
import { type GuardRuntime, untilAborted, Watchdog } from './runtime.js';
import type { GuardSettings } from './settings.js';

interface QueryOptions {
  /** The tenant of the query, for a guard that follows several. Default: the guard's tenants. */
  readonly tenantId?: TenantId | null;
  /** Default: `requestTimeoutMs`. */
  readonly timeoutMs?: number;
}

interface ServiceStream {
  readonly body: ReadableStream<Uint8Array>;
}

/** The longest answer that is read, in bytes: a page of 10,000 revocations takes about 3 MB. */
const maxAnswerBytes = 16_000_000;
/** The longest error answer that is read, in bytes. */
const maxRefusalBytes = 65_536;

/** Queries the service. Every failure is a GuardError. */
export class ServiceClient {
  constructor(
    private readonly settings: Pick<
      GuardSettings,
      'graphqlUrl' | 'streamUrl' | 'serviceKey' | 'tenantIds' | 'requestTimeoutMs'
    >,
    private readonly runtime: Pick<GuardRuntime, 'fetch' | 'after' | 'now'>,
  ) {}

  async query(query: string, variables: JsonObject, signal: AbortSignal, more: QueryOptions = {}): Promise<JsonObject> {
    const { tenantId, timeoutMs = this.settings.requestTimeoutMs } = more;
    using watchdog = new Watchdog(signal, this.runtime);
    watchdog.set(timeoutMs, lost('The service did not answer in time'));
    // Awaited here, because leaving this function aborts.
    return await untilAborted(watchdog.signal, async () => {
      const { graphqlUrl } = this.settings;
      const response = await this.#post(
        graphqlUrl,
        'application/json',
        { query, variables },
        watchdog.signal,
        tenantId,
      );
      if (response.status !== 200) throw await refusalIn(response, this.runtime.now());
      const result = objectOf(parseJson(await readText(response, maxAnswerBytes)), 'the answer');
      const error = errorIn(result);
      if (error !== null) throw error;
      return objectOf(result['data'], 'data');
    });
  }

  /** Resolves when the subscription is established. It delivers every event from then on. */
  async subscribe(query: string, signal: AbortSignal): Promise<ServiceStream> {
    const response = await this.#post(this.settings.streamUrl, 'text/event-stream', { query }, signal);
    if (response.status !== 200) throw await refusalIn(response, this.runtime.now());
    const isStream = response.headers.get('content-type')?.toLowerCase().startsWith('text/event-stream') === true;
    if (!isStream || response.body === null) throw malformed('the subscription is no stream of events');
    return { body: response.body };
  }

  async #post(
    url: string,
    accept: string,
    body: JsonObject,
    signal: AbortSignal,
    tenantId?: TenantId | null,
  ): Promise<Response> {
    const { serviceKey, tenantIds } = this.settings;
    const tenants = tenantId == null ? [...(tenantIds ?? [])] : [tenantId];
    try {
      return await this.runtime.fetch(url, {
        method: 'POST',
        headers: {
          accept,
          'content-type': 'application/json',
          authorization: `Bearer ${serviceKey}`,
          ...(tenants.length === 0 ? {} : { 'x-fusionauth-tenantid': tenants.join() }),
        },
        body: JSON.stringify(body),
        // A redirect would take the service key elsewhere. Edge runtimes know no `error`.
        redirect: 'manual',
        signal,
      });
    } catch (error) {
      if (error instanceof GuardError) throw error;
      throw lost(`The service could not be reached at ${url}: ${reasonOf(error)}`, error);
    }
  }
}

export function lost(message: string, cause?: unknown): GuardError {
  return new GuardError('FEED_LOST', message, { cause });
}

async function refusalIn(response: Response, now: number): Promise<GuardError> {
  const { status } = response;
  const text = await readText(response, maxRefusalBytes).catch(() => '');
  const said = errorWithin(text);
  const message = said === null ? movedText(status) : `. ${said.message}`;
  return new GuardError('FEED_REFUSED', `The service answered with status ${status}${message}`, {
    status,
    serviceCode: said?.serviceCode ?? null,
    requestId: said?.requestId ?? null,
    retryAfterMs: (parseRetryAfter(response.headers.get('retry-after') ?? '', now) ?? 0) * 1_000,
  });
}

function movedText(status: number): string {
  const isMoved = status === 301 || status === 308;
  return isMoved ? ': it leads elsewhere for good, which is not followed: serviceUrl has to be where that is' : '';
}

/** The error in a text; null for the answer of a proxy, which may be anything. */
function errorWithin(text: string): GuardError | null {
  try {
    return errorIn(objectOf(parseJson(text), 'the answer'));
  } catch {
    return null;
  }
}
