import type { Caller } from '../../domain/caller.js';
import { parseTenantId, type TenantId } from '../../domain/ids.js';
import type { TokenIdentity } from '../../domain/revocation.js';
import { identityOf, type TokenClaims } from '../../domain/token-claims.js';
import type { OperationScope } from '../operation/operation-scope.js';

/** The kinds of tokens that a caller may present. */
export type PresentedToken =
  /** An access token that FusionAuth signed for one of the resource servers, and that has not expired. */
  | {
      readonly kind: 'accessToken';
      readonly claims: TokenClaims;
      /** True for a service's own, which belongs to no user. */
      readonly isOfClient: boolean;
    }
  /** FusionAuth signed it for something else: an ID token, for example. */
  | { readonly kind: 'otherToken' }
  /** A token that no resource server accepts: forged, expired, or meant for others. */
  | { readonly kind: 'unknown' };

/** @throws UpstreamUnavailableError when FusionAuth's keys cannot be fetched. */
export type ExamineToken = (token: string) => Promise<PresentedToken>;

/** The caller that presents a token, and its request. */
export interface Presenter {
  readonly caller: Caller;
  /** The tenant that the request names; null when it names none. */
  readonly tenantId: TenantId | null;
  /** Makes the scope of an operation in a tenant, for this caller or for one that acts for it. */
  readonly scopeOf: (caller: Caller, tenantId: TenantId | null) => OperationScope;
}

/** An access token that is within the reach of its presenter. */
export interface TokenWithinReach {
  readonly claims: TokenClaims;
  readonly identity: TokenIdentity;
  /**
   * The tenant in which FusionAuth is asked about it; null where FusionAuth decides, as for other operations of the
   * caller.
   */
  readonly tenantId: TenantId | null;
}

/**
 * The token, if it is of a tenant and for an application within the bounds of its presenter; null otherwise.
 * @param configured The tenant this service is bound to, or null.
 */
export function withinReach(
  { caller, tenantId: named }: Pick<Presenter, 'caller' | 'tenantId'>,
  claims: TokenClaims,
  configured: TenantId | null,
): TokenWithinReach | null {
  const identity = identityOf(claims);
  // FusionAuth writes `tid` since 1.36. A token without it is bound to no tenant.
  const tenantId = parseTenantId(claims['tid']);
  if (tenantId === undefined) return null;
  const { tenantIds, applicationIds } = caller;
  const isOfTenant =
    (tenantIds === null || tenantIds.has(tenantId)) &&
    [named, configured].every((id) => id === null || id === tenantId);
  const isOfApplication = applicationIds === null || identity.applicationIds.some((id) => applicationIds.has(id));
  if (!isOfTenant || !isOfApplication) return null;
  const isUnbound = tenantIds === null && named === null && configured === null;
  return { claims, identity, tenantId: isUnbound ? null : tenantId };
}
