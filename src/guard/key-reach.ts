import { parseApplicationId, type TenantId } from '../domain/ids.js';
import { GuardError } from './guard-error.js';
import type { KeySet } from './key-set.js';
import { decodeReach, type Reach, viewerDocument } from './messages.js';
import { delayAfter, type GuardRuntime, Pause } from './runtime.js';
import { lost, type ServiceClient } from './service-client.js';
import type { GuardSettings } from './settings.js';

interface KeyReachOptions {
  readonly settings: GuardSettings;
  readonly runtime: Pick<GuardRuntime, 'random' | 'wait'>;
  readonly client: Pick<ServiceClient, 'query'>;
  readonly keys: Pick<KeySet, 'fetch'>;
  readonly onReached: () => void;
  readonly onError: (error: GuardError) => void;
}

/**
 * Checks, before the guard is ready, that its service key reaches everything that it accepts and that FusionAuth's keys
 * can be fetched. Checks the service key again whenever it may have changed.
 */
export class KeyReach {
  #reach: Reach | null = null;
  #hasKeys = false;

  #isRenewing = false;
  readonly #pause: Pause;

  constructor(private readonly options: KeyReachOptions) {
    this.#pause = new Pause(options.runtime.wait);
  }

  get isReached(): boolean {
    return this.#reach !== null && this.#hasKeys;
  }

  /** Whether the service key sees revocations of some tenants only. */
  get isBounded(): boolean {
    return (this.#reach?.tenantIds ?? null) !== null;
  }

  /** Whether the service key does not see revocations of this tenant. */
  isBeyond(tenantId: TenantId | null): boolean {
    const reached = this.#reach?.tenantIds ?? null;
    return reached !== null && tenantId !== null && !reached.includes(tenantId);
  }

  /**
   * Checks again, because the service ends the streams of a key whose rights have changed. The earlier result holds
   * until the answer comes. If the key does not suffice, nothing counts as reached until it does.
   */
  async renew(signal: AbortSignal): Promise<void> {
    if (this.#reach === null || this.#isRenewing) return;
    this.#isRenewing = true;
    try {
      this.#reach = await this.#read(signal);
    } catch (error) {
      // After any other failure, the next stream checks again.
      if (!(error instanceof GuardError && error.code === 'KEY_INSUFFICIENT')) return;
      this.#reach = null;
      await this.run(signal);
    } finally {
      this.#isRenewing = false;
    }
  }

  /** Ends the pause before the next attempt. */
  hurry(): void {
    this.#pause.end();
  }

  /** Resolves when all checks have passed. */
  async run(signal: AbortSignal): Promise<void> {
    const { settings, runtime, keys, onReached, onError } = this.options;
    for (let failures = 0; !signal.aborted; failures++) {
      const attempts = await Promise.allSettled([this.#ask(signal), this.#hasKeys ? undefined : keys.fetch()]);
      const [asked, fetched] = attempts;
      this.#hasKeys ||= fetched.status === 'fulfilled';
      if (asked.status === 'fulfilled') this.#reach ??= asked.value;
      if (signal.aborted) return;
      if (this.isReached) return onReached();
      let retryAfterMs = 0;
      for (const attempt of attempts) {
        if (attempt.status === 'fulfilled') continue;
        const error =
          attempt.reason instanceof GuardError ? attempt.reason : lost('The connection was lost', attempt.reason);
        retryAfterMs = Math.max(retryAfterMs, error.retryAfterMs);
        onError(error);
      }
      await this.#pause.for(delayAfter(failures, retryAfterMs, settings, runtime.random()), signal);
    }
  }

  async #ask(signal: AbortSignal): Promise<Reach> {
    return this.#reach ?? this.#read(signal);
  }

  async #read(signal: AbortSignal): Promise<Reach> {
    const { settings, client } = this.options;
    const reach = decodeReach(await client.query(viewerDocument, {}, signal));
    const problems = [...missingPermissions(reach, settings), ...unreached(reach, settings)];
    if (problems.length > 0) throw new GuardError('KEY_INSUFFICIENT', `The service key ${problems.join(', and ')}`);
    return reach;
  }
}

function missingPermissions({ permissions }: Reach, settings: GuardSettings): readonly string[] {
  const asksAboutSessions = settings.uncertainTokens === 'confirm' || settings.maxRevocationLagSeconds > 0;
  return ['event:subscribe', ...(asksAboutSessions ? ['session:read'] : [])]
    .filter((permission) => !permissions.includes(permission))
    .map((permission) => `lacks the permission ${permission}`);
}

/** The tenants and applications whose tokens the guard would accept without seeing their revocations. */
function unreached({ tenantIds, applicationIds }: Reach, { accessTokens }: GuardSettings): readonly string[] {
  const audiences = accessTokens.audiences.map(parseApplicationId).filter((id) => id !== undefined);
  const applications = audiences.filter((id) => applicationIds !== null && !applicationIds.includes(id));
  const tenants = [...(accessTokens.tenantIds ?? [])].filter((id) => tenantIds !== null && !tenantIds.includes(id));
  return [
    ...applications.map((id) => `does not reach the application ${id} of accessTokens.audience`),
    ...tenants.map((id) => `does not reach the tenant ${id} of accessTokens.tenantId`),
  ];
}
