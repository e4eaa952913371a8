import type { Instant } from '../domain/session.js';
import { GuardError } from './guard-error.js';
import { errorIn, type JsonObject, malformed, objectOf, parseJson } from './messages.js';
import { type GuardRuntime, untilAborted, Watchdog } from './runtime.js';
import type { GuardSettings } from './settings.js';

export interface ServiceStream {
  readonly body: ReadableStream<Uint8Array>;
  /** What the clock of the service said when it answered; null when it does not say. */
  readonly serviceTime: Instant | null;
}

/** The longest answer that is read, in bytes: a page of 10,000 revocations takes about 3 MB. */
const maxAnswerBytes = 16_000_000;
/** The longest answer that is read for what has gone wrong, in bytes. */
const maxRefusalBytes = 65_536;

/** Asks the service. Everything that goes wrong is a GuardError. */
export class ServiceClient {
  constructor(
    private readonly settings: Pick<GuardSettings, 'graphqlUrl' | 'streamUrl' | 'serviceKey' | 'requestTimeoutMs'>,
    private readonly runtime: Pick<GuardRuntime, 'fetch'>,
  ) {}

  async query(query: string, variables: JsonObject, signal: AbortSignal): Promise<JsonObject> {
    using watchdog = new Watchdog(signal);
    watchdog.set(this.settings.requestTimeoutMs, lost('The service did not answer in time'));
    // Awaited here, as leaving this function aborts.
    return await untilAborted(watchdog.signal, async () => {
      const { graphqlUrl } = this.settings;
      const response = await this.#post(graphqlUrl, 'application/json', { query, variables }, watchdog.signal);
      if (response.status !== 200) throw await refusalIn(response);
      const result = objectOf(parseJson(await readText(response, maxAnswerBytes)), 'the answer');
      const error = errorIn(result);
      if (error !== null) throw error;
      return objectOf(result['data'], 'data');
    });
  }

  /** Resolves when the subscription is established: nothing that happens from then on is missed. */
  async subscribe(query: string, signal: AbortSignal): Promise<ServiceStream> {
    const response = await this.#post(this.settings.streamUrl, 'text/event-stream', { query }, signal);
    if (response.status !== 200) throw await refusalIn(response);
    const isStream = response.headers.get('content-type')?.startsWith('text/event-stream') === true;
    if (!isStream || response.body === null) throw malformed('the subscription is no stream of events');
    const serviceTime = Date.parse(response.headers.get('date') ?? '');
    return { body: response.body, serviceTime: Number.isNaN(serviceTime) ? null : serviceTime };
  }

  async #post(url: string, accept: string, body: JsonObject, signal: AbortSignal): Promise<Response> {
    const { serviceKey } = this.settings;
    try {
      return await this.runtime.fetch(url, {
        method: 'POST',
        headers: { accept, 'content-type': 'application/json', authorization: `Bearer ${serviceKey}` },
        body: JSON.stringify(body),
        // A redirect would take the service key elsewhere.
        redirect: 'error',
        signal,
      });
    } catch (error) {
      throw error instanceof GuardError ? error : lost('The service could not be reached', error);
    }
  }
}

export function lost(message: string, cause?: unknown): GuardError {
  return new GuardError('FEED_LOST', message, { cause });
}

async function refusalIn(response: Response): Promise<GuardError> {
  const { status } = response;
  const retryAfterSeconds = Number(response.headers.get('retry-after') ?? '0');
  const text = await readText(response, maxRefusalBytes).catch(() => '');
  return new GuardError('FEED_REFUSED', `The service answered with status ${status}`, {
    status,
    serviceCode: codeIn(text),
    retryAfterMs: retryAfterSeconds > 0 && Number.isFinite(retryAfterSeconds) ? retryAfterSeconds * 1_000 : 0,
  });
}

/** Proxies may answer with anything. */
function codeIn(text: string): string | null {
  try {
    return errorIn(objectOf(parseJson(text), 'the answer'))?.serviceCode ?? null;
  } catch {
    return null;
  }
}

async function readText(response: Response, maxBytes: number): Promise<string> {
  if (response.body === null) return '';
  const reader = response.body.getReader();
  const decoder = new TextDecoder();
  let text = '';
  let length = 0;
  for (;;) {
    const { done, value } = await reader.read().catch((error: unknown) => {
      throw lost('The answer of the service broke off', error);
    });
    if (done) return text + decoder.decode();
    length += value.byteLength;
    if (length > maxBytes) {
      await reader.cancel().catch(() => {});
      throw malformed('the answer is too long');
    }
    text += decoder.decode(value, { stream: true });
  }
}
