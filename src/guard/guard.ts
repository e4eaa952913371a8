import { FollowingGuard } from './following-guard.js';
import type { Guard } from './guard-interface.js';
import type { GuardOptions } from './options.js';
import { type GuardRuntime, systemRuntime } from './runtime.js';
import { settingsOf } from './settings.js';

export type { Revocation } from '../domain/revocation.js';
export type { TokenClaims } from '../domain/token-claims.js';
export type { AcceptedToken, GuardDecision, RefusalReason, RefusedToken } from './decision.js';
export { GuardError, type GuardErrorCode } from './guard-error.js';
export type { Guard } from './guard-interface.js';
export type { FeedChange, FeedState, GuardAccessTokenOptions, GuardOptions, LagChange } from './options.js';

/**
 * Makes a guard, which starts to follow revocations.
 *
 * @example
 *
 * ```ts
 * await using guard = createGuard({
 *   serviceUrl: 'https://sessions.internal.example',
 *   serviceKey,
 *   accessTokens: { fusionAuthUrl: 'https://auth.example', issuer: 'acme.com', audience: applicationId },
 *   whenFeedIsDown: 'refuse',
 * });
 * await guard.ready();
 * const decision = await guard.check(token);
 * if (!decision.ok) return answer(decision.status);
 * ```
 *
 * @param overrides Clocks, timers and other parts of the runtime to replace, for tests.
 * @throws TypeError that names every option that is wrong.
 */
export function createGuard(options: GuardOptions, overrides: Partial<GuardRuntime> = {}): Guard {
  return new FollowingGuard(settingsOf(options), options, { ...systemRuntime, ...overrides });
}
