import { request } from 'undici';
import type { EmulatorReady } from '../processes/messages.js';

/**
 * Signs somebody of the demo in to the console, as a browser does.
 * @param publicUrl What the service takes for its own address.
 * @returns the headers of a call by the console's pages.
 */
export async function signInToConsole(
  url: string,
  publicUrl: string,
  { url: fusionAuthUrl }: EmulatorReady,
): Promise<Record<string, string>> {
  const begun = await request(`${url}/console/login`, { headers: hostOf(publicUrl) });
  await begun.body.dump();
  const form = new URLSearchParams(new URL(textOf(begun.headers['location'])).search);
  form.set('loginId', 'sasha@example.com');
  form.set('password', 'password');
  const authorized = await request(`${fusionAuthUrl}/oauth2/authorize`, {
    method: 'POST',
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: form.toString(),
  });
  await authorized.body.dump();
  const callback = new URL(textOf(authorized.headers['location']));
  const done = await request(`${url}${callback.pathname}${callback.search}`, {
    headers: { ...hostOf(publicUrl), cookie: cookiesIn(begun.headers['set-cookie']) },
  });
  await done.body.dump();
  return {
    ...hostOf(publicUrl),
    cookie: cookiesIn(done.headers['set-cookie']),
    origin: new URL(publicUrl).origin,
    'sec-fetch-site': 'same-origin',
    'x-fusionauth-sessions-console': '1',
    'content-type': 'application/json',
  };
}

function hostOf(publicUrl: string): Record<string, string> {
  return { host: new URL(publicUrl).host };
}

function textOf(value: string | string[] | undefined): string {
  if (typeof value === 'string') return value;
  throw new TypeError('A step of signing in leads nowhere');
}

/** What a browser keeps of them; one without a value is being removed. */
function cookiesIn(lines: string | string[] | undefined): string {
  return [lines ?? []]
    .flat()
    .map((line) => line.split(';')[0] ?? '')
    .filter((cookie) => !cookie.endsWith('='))
    .join('; ');
}
