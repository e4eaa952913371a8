import { createHash, randomBytes } from 'node:crypto';
import { z } from 'zod';
import type { Answer } from './instance.js';
import { postAsShop } from './oauth.js';
import type { Trial } from './promises.js';
import { type Member, redirectUrl } from './world.js';

/** A browser, as far as signing in needs one. */
export interface Browser {
  readonly cookies: Map<string, string>;
}

/**
 * Signs in to the shop on FusionAuth's hosted login pages with "Keep me signed in", which creates an SSO session, and
 * exchanges the code. With the cookies of an earlier login no form is shown. The pages are made for people and may be
 * themed, so anything unexpected ends the trial without a verdict.
 * @see https://fusionauth.io/docs/lifecycle/authenticate-users/oauth/endpoints#authorize
 */
export async function signInOnHostedPages(t: Trial, { email, password }: Member, browser: Browser): Promise<Tokens> {
  const { instance, tenantId, applications } = t.world;
  const verifier = randomBytes(32).toString('base64url');
  const request = {
    client_id: applications.shop,
    tenantId,
    redirect_uri: redirectUrl,
    response_type: 'code',
    scope: 'openid offline_access',
    code_challenge: createHash('sha256').update(verifier).digest('base64url'),
    code_challenge_method: 'S256',
  };
  const visit = async (method: string, body: { query: typeof request } | { form: Record<string, string> }) => {
    const cookie = Array.from(browser.cookies, ([name, value]) => `${name}=${value}`).join('; ');
    const headers = { ...(cookie === '' ? {} : { cookie }), origin: new URL(instance.url).origin };
    const answer = await instance.call(method, '/oauth2/authorize', { ...body, authorization: null, headers });
    for (const header of answer.headers.getSetCookie()) {
      const [, name, value] = /^([^=;]+)=([^;]*)/.exec(header) ?? [];
      if (name !== undefined && value !== undefined) browser.cookies.set(name, value);
    }
    return answer;
  };

  const page = await visit('GET', { query: request });
  t.needs(page);
  const end = page.status === 302 ? page : await visit('POST', { form: filledIn(page, request, email, password) });
  const location = end.headers.get('location') ?? '';
  const code = location.startsWith(redirectUrl) ? new URL(location).searchParams.get('code') : null;
  if (code === null) {
    return t.notTestable(`the hosted login pages answered ${end.status} instead of a redirect with a code`);
  }
  const form = { grant_type: 'authorization_code', code, redirect_uri: redirectUrl, code_verifier: verifier };
  return (await postAsShop(t.world, '/oauth2/token', form)).read(tokens);
}

const tokens = z.looseObject({
  access_token: z.string(),
  id_token: z.string().optional(),
  refresh_token_id: z.guid().optional(),
});
export type Tokens = z.output<typeof tokens>;

/** The login form as a browser would send it: its hidden fields as they are, and what a person types. */
function filledIn(page: Answer, request: Record<string, string>, loginId: string, password: string) {
  const hidden: Record<string, string> = {};
  for (const [input] of page.text.matchAll(/<input\b[^>]*type="hidden"[^>]*>/gi)) {
    const name = attribute(input, 'name');
    if (name !== undefined) hidden[name] = attribute(input, 'value') ?? '';
  }
  return { ...request, ...hidden, loginId, password, rememberDevice: 'true' };
}

const entities: Readonly<Record<string, string>> = { amp: '&', quot: '"', lt: '<', gt: '>', '#39': "'", '#x2F': '/' };

function attribute(tag: string, name: string): string | undefined {
  const value = new RegExp(`\\s${name}="([^"]*)"`, 'i').exec(tag)?.[1];
  return value?.replaceAll(/&(#?\w+);/g, (entity, code: string) => entities[code] ?? entity);
}
