import type { SessionId, TenantId } from '../../domain/ids.js';

/** How many sessions are remembered, of about 100 bytes each. */
const defaultMaxSessions = 250_000;

/** The policies of this many tenants are remembered. */
const maxTenants = 1_000;

/**
 * The sessions that this process has met under the policy in force. A forgotten session costs one run that finds
 * nothing to do.
 */
export class SeenSessions {
  /** In the order in which they were last met. */
  readonly #seen = new Set<SessionId>();

  /** The version of the policy that was last in force for a tenant; null for none. */
  readonly #versions = new Map<TenantId | null, string | null>();

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
    if (before === version) return;
    if (before !== undefined) this.#seen.clear();
    if (this.#versions.size >= maxTenants) this.#versions.clear();
    this.#versions.set(tenantId, version);
  }
}
