import type { Emulator } from '../emulator.js';
import type { Kickstart, KickstartRequest } from './read-kickstart.js';

/** A request of a kickstart file that was not answered with success. */
export interface KickstartRefusal {
  readonly request: KickstartRequest;
  /** Counted from 0. */
  readonly index: number;
  readonly status: number;
  /** The answer's body. */
  readonly answer: string;
}

/**
 * Adds the keys and makes the requests, in order, on an emulator started with the kickstart's ids. A refused request does
 * not stop the others. When all are done and none was refused, `kickstart.success` is sent.
 *
 * @param onWithoutEffect - called with requests for endpoints that FusionAuth has and the emulator does not, which are then
 * passed over. Absent: they count as refused.
 * @returns the requests that were refused, in order.
 */
export async function runKickstart(
  emulator: Emulator,
  kickstart: Kickstart,
  onWithoutEffect?: (name: string) => void,
): Promise<KickstartRefusal[]> {
  const { store } = emulator;
  for (const { description, name, key, ...rest } of kickstart.apiKeys) {
    if (store.findApiKey(key) === undefined) store.addApiKey({ key, name: name ?? description, ...rest });
  }
  const refusals: KickstartRefusal[] = [];
  for (const [index, request] of kickstart.requests.entries()) {
    const answer = await send(emulator, kickstart, request);
    const text = await answer.text();
    if (answer.status === 501 && onWithoutEffect !== undefined) {
      onWithoutEffect(`${request.method} ${request.url}`);
    } else if (!answer.ok) {
      refusals.push({ request, index, status: answer.status, answer: text });
    }
  }
  if (refusals.length === 0) {
    emulator.kickstartSucceeded();
  }
  return refusals;
}

/** One line for people: where the request stands, what it is, and how it was answered. */
export function describeRefusal(file: string, { request, index, status, answer }: KickstartRefusal): string {
  const where = request.line === undefined ? file : `${file}:${request.line}`;
  return `${where}: request ${index}, ${request.method} ${request.url}, was answered ${status} ${answer}`.trimEnd();
}

async function send(emulator: Emulator, kickstart: Kickstart, request: KickstartRequest): Promise<Response> {
  const { method, url, body, tenantId, contentType = 'application/json' } = request;
  // Files that ship with quickstarts leave the leading slash out, and FusionAuth takes them.
  const path = url.startsWith('/') ? url : `/${url}`;
  return fetch(`${emulator.url}${path}`, {
    method,
    redirect: 'manual',
    headers: {
      authorization: kickstart.apiKey,
      'content-type': contentType,
      ...(tenantId === undefined ? {} : { 'x-fusionauth-tenantid': tenantId }),
    },
    ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  });
}
