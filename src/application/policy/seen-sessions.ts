import type { SessionId, TenantId } from '../../domain/ids.js';

/** How many sessions are remembered, of about 100 bytes each. */
const defaultMaxSessions = 250_000;

/** Of how many tenants the policies are remembered. */
const maxTenants = 1_000;

/** The sessions that this process has met since the policy in force is what it is. What it forgets costs a run that finds nothing to do. */
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
   * Another policy than before makes every session one that was not met: what was looked at under the one before may be
   * above a limit of this one.
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
