import type { Application } from '../store/records.js';
import { oauthError } from './oauth-error.js';

/** The scopes FusionAuth provides to every application. */
const providedScopes = new Set(['openid', 'offline_access', 'email', 'profile', 'phone', 'address']);

/**
 * The scopes a request is granted: unknown ones pass, are left out or fail the request, as `unknownScopePolicy` says.
 *
 * @throws ApiError 400 `invalid_scope`.
 */
export function grantedScopes({ oauthConfiguration, scopes }: Application, wanted: readonly string[]): string[] {
  const isKnown = (scope: string) => providedScopes.has(scope) || scopes.some(({ name }) => name === scope);
  switch (oauthConfiguration.unknownScopePolicy) {
    case 'Reject': {
      const unknown = wanted.find((scope) => !isKnown(scope));
      if (unknown !== undefined) {
        throw oauthError('invalid_scope', 'unknown_scope', `The scope [${unknown}] is unknown to this application.`);
      }
      return [...wanted];
    }
    case 'Remove':
      return wanted.filter(isKnown);
    default:
      return [...wanted];
  }
}
