import { createGuard, type FeedState, type Guard, type GuardError, type GuardOptions } from '../../src/guard/guard.js';
import type { GuardRuntime } from '../../src/guard/runtime.js';
import { type ScriptedService, serviceKey, shopId } from './scripted-service.js';

export interface TestGuard extends AsyncDisposable {
  readonly guard: Guard;
  readonly errors: readonly GuardError[];
  readonly states: readonly FeedState[];
}

/** Options that are right, for a service whose keys are at the same place. */
export function optionsFor({ url }: Pick<ScriptedService, 'url'>): GuardOptions {
  return {
    serviceUrl: url,
    serviceKey,
    accessTokens: { fusionAuthUrl: url, issuer: 'acme.com', audience: shopId },
    whenFeedIsDown: 'refuse',
    reconnectBaseMs: 5,
    reconnectMaxMs: 20,
    clockSlackMs: 0,
    feedToleranceMs: 3_000,
  };
}

export function newGuard(
  service: Pick<ScriptedService, 'url'>,
  options: Partial<GuardOptions> = {},
  overrides: Partial<GuardRuntime> = {},
): TestGuard {
  const errors: GuardError[] = [];
  const states: FeedState[] = [];
  const guard = createGuard(
    {
      ...optionsFor(service),
      onError: (error) => errors.push(error),
      onFeedChange: ({ state }) => states.push(state),
      ...options,
    },
    overrides,
  );
  return { guard, errors, states, [Symbol.asyncDispose]: () => guard[Symbol.asyncDispose]() };
}

export async function readyGuard(...args: Parameters<typeof newGuard>): Promise<TestGuard> {
  const started = newGuard(...args);
  await started.guard.ready();
  return started;
}

/** Why a decision was made, in a word. */
export async function reasonFor({ guard }: Pick<TestGuard, 'guard'>, token: string | null): Promise<string> {
  const decision = await guard.check(token);
  return decision.ok ? (decision.doubt ?? 'accepted') : decision.reason;
}
