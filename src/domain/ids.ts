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

/**
 * Compares characters, because the guard parses three ids for each request and a regular expression takes twice as
 * long.
 */
function parseUuid(value: unknown): string | undefined {
  if (typeof value !== 'string' || value.length !== uuidLength) return undefined;
  let hasUpperCase = false;
  for (let index = 0; index < uuidLength; index++) {
    const code = value.charCodeAt(index);
    if (index === 8 || index === 13 || index === 18 || index === 23) {
      if (code !== 0x2d) return undefined;
    } else if (code >= 0x41 && code <= 0x46) hasUpperCase = true;
    else if (!((code >= 0x30 && code <= 0x39) || (code >= 0x61 && code <= 0x66))) return undefined;
  }
  return hasUpperCase ? value.toLowerCase() : value;
}
