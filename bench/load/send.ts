import { type Dispatcher, request } from 'undici';
import type { LoadRequest } from './closed-loop.js';

/** Sends one request and answers the parsed JSON. @throws an Error unless the answer is a 200. */
export async function send(url: string, { path, ...options }: LoadRequest, pool?: Dispatcher): Promise<unknown> {
  const { statusCode, body } = await request(`${url}${path}`, {
    ...options,
    ...(pool === undefined ? {} : { dispatcher: pool }),
  });
  const text = await body.text();
  if (statusCode !== 200) throw new Error(`${url}${path} answered ${statusCode}: ${text.slice(0, 500)}`);
  return JSON.parse(text);
}
