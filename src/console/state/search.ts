import { isId } from '../ids.js';

/** What the service takes for a search: letters and digits, whatever stands between them. */
export function isSearchable(text: string): boolean {
  return (text.match(/[\p{L}\p{N}]/gu)?.length ?? 0) >= 2;
}

const idInside = /(?<![\w-])[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}(?![\w-])/gi;
const addressInside = /(?:<|mailto:)([^<>\s?]+@[^<>\s?]+)/i;
/** A JSON Web Token begins with the base64url of `{"`. */
const tokenInside = /(?<![\w-])eyJ[\w-]+\.([\w-]*)/;

/** Whether a text holds a token: a secret, which belongs neither into an address nor to the service. */
export function holdsToken(text: string): boolean {
  return tokenInside.test(text);
}

/**
 * What a text means that was typed or pasted: the id or the address in it, around which logs and mails put quotes, braces
 * and labels. Of a token, the session that it names, or else the user; empty where it names neither.
 */
export function soughtIn(text: string): string {
  const payload = tokenInside.exec(text)?.[1];
  if (payload !== undefined) return idOfToken(payload) ?? '';
  const address = addressInside.exec(text)?.[1];
  const [id, ...others] = text.includes('@') ? [] : (text.match(idInside) ?? []);
  return address ?? (id !== undefined && others.length === 0 ? id : text.trim());
}

function idOfToken(payload: string): string | null {
  try {
    const claims: unknown = JSON.parse(atob(payload.replaceAll('-', '+').replaceAll('_', '/')));
    if (typeof claims !== 'object' || claims === null) return null;
    const { sid, sub }: { readonly sid?: unknown; readonly sub?: unknown } = claims;
    return [sid, sub].find((id): id is string => typeof id === 'string' && isId(id)) ?? null;
  } catch {
    // Cut off, or encrypted.
    return null;
  }
}
