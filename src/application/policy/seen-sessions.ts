import { AgeingMap } from '../../domain/ageing-map.js';
import type { SessionId, TenantId } from '../../domain/ids.js';
import { keepAtMost } from '../../domain/keep-at-most.js';

/** How many sessions are remembered, of about 100 bytes each. */
const defaultMaxSessions = 250_000;

/** The policies of this many tenants are remembered, of about 200 bytes each. */
const maxTenants = 10_000;

/**
 * The sessions that this process has met under the policy in force. A forgotten session costs one run that finds
 * nothing to do.
 */
export class SeenSessions {
  /** In the order in which they were last met. */
  readonly #seen = new Set<SessionId>();

  /**
   * The version of the policy that was last in force for a tenant, null for none; in the order in which they were last
   * observed.
   */
  readonly #versions = new AgeingMap<TenantId | null, string | null>();

  constructor(private readonly maxSessions = defaultMaxSessions) {}

  /** @returns true when the session was not known. */
  meet(id: SessionId): boolean {
    const isNew = !this.#seen.delete(id);
    this.#seen.add(id);
    const [oldest] = this.#seen;
    if (this.#seen.size > this.maxSessions && oldest !== undefined) this.#seen.delete(oldest);
    return isNew;
  }

  /**
   * A new policy makes every session unknown again, because sessions that the old one allowed may be above a limit of
   * the new one.
   * @param version That of the policy in force for the tenant; null for none.
   */
  observePolicy(tenantId: TenantId | null, version: string | null): void {
    const before = this.#versions.get(tenantId);
    if (before !== undefined && before !== version) this.#seen.clear();
    this.#versions.delete(tenantId);
    this.#versions.set(tenantId, version);
    keepAtMost(this.#versions, maxTenants);
  }
}
