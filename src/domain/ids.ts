type Branded<Name extends string> = string & { readonly __brand: Name };

/** A FusionAuth refresh token's id: stable across rotation, not a secret, equal to the access token's `sid` claim. */
export type SessionId = Branded<'SessionId'>;
export type UserId = Branded<'UserId'>;
export type ApplicationId = Branded<'ApplicationId'>;
export type TenantId = Branded<'TenantId'>;
export type GroupId = Branded<'GroupId'>;

/**
 * The only ways to obtain an id. Each accepts any 8-4-4-4-12 hex UUID and answers it in lower case, or undefined.
 * Versions are not checked: FusionAuth uses ids outside RFC 4122, such as `00000000-0000-0000-0000-111111111111`.
 * A parsed id holds hex digits and dashes only, so it is safe inside a URL path.
 */
export const parseSessionId = (value: unknown) => parseUuid(value) as SessionId | undefined;
export const parseUserId = (value: unknown) => parseUuid(value) as UserId | undefined;
export const parseApplicationId = (value: unknown) => parseUuid(value) as ApplicationId | undefined;
export const parseTenantId = (value: unknown) => parseUuid(value) as TenantId | undefined;
export const parseGroupId = (value: unknown) => parseUuid(value) as GroupId | undefined;

const uuidLength = 36;

const upperCase = 1;
const other = 2;
/** What a character is: 0 a digit of hex in lower case, as in nearly all ids; {@link upperCase}, or {@link other}. */
const kinds = new Uint8Array(128).fill(other);
for (const digit of '0123456789abcdef') kinds[digit.charCodeAt(0)] = 0;
for (const digit of 'ABCDEF') kinds[digit.charCodeAt(0)] = upperCase;

/**
 * Looks characters up, because a list of 50 sessions has 150 ids and the guard parses three for each request. Comparing
 * them takes nearly twice as long, and a regular expression a third longer.
 */
function parseUuid(value: unknown): string | undefined {
  if (typeof value !== 'string' || value.length !== uuidLength) return undefined;
  const hasDashes = isDash(value, 8) && isDash(value, 13) && isDash(value, 18) && isDash(value, 23);
  if (!hasDashes) return undefined;
  const found =
    kindsIn(value, 0, 8) |
    kindsIn(value, 9, 13) |
    kindsIn(value, 14, 18) |
    kindsIn(value, 19, 23) |
    kindsIn(value, 24, 36);
  if (found >= other) return undefined;
  return found === upperCase ? value.toLowerCase() : value;
}

function isDash(text: string, index: number): boolean {
  return text.charCodeAt(index) === 0x2d;
}

/** The kinds of the characters from `start` up to `end`, as bits. */
function kindsIn(text: string, start: number, end: number): number {
  let found = 0;
  for (let index = start; index < end; index++) found |= kinds[text.charCodeAt(index)] ?? other;
  return found;
}
