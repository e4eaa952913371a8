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

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

function parseUuid(value: unknown): string | undefined {
  return typeof value === 'string' && uuid.test(value) ? value.toLowerCase() : undefined;
}
