import { AgeingMap } from '../domain/ageing-map.js';
import { keepAtMost } from '../domain/keep-at-most.js';
import {
  type AllowanceRequest,
  allowanceWindowMs,
  type GrantedAllowance,
  type RevocationAllowance,
} from '../domain/ports/revocation-allowance.js';

/** The endings granted in one second. */
interface Grant {
  readonly second: number;
  count: number;
}

/** Endings are counted by the second; a second counts until the window after its end is over. */
const secondMs = 1_000;

/** How many tenants are counted apart. Above that, the one that asked first is forgotten. */
const maxTenants = 1_000;

/** The endings that policies may carry out, of this process alone. */
export class InProcessRevocationAllowance implements RevocationAllowance {
  readonly #grants = new AgeingMap<string | null, Grant[]>();

  /** @param elapsedMs Milliseconds on a clock that only goes forward. */
  constructor(private readonly elapsedMs: () => number = () => performance.now()) {}

  async take({ tenantId, count, perMinute }: AllowanceRequest): Promise<GrantedAllowance> {
    const now = this.elapsedMs();
    const grants = (this.#grants.get(tenantId) ?? []).filter(({ second }) => countsUntil(second) > now);
    const left = Math.max(0, perMinute - grants.reduce((sum, grant) => sum + grant.count, 0));
    const granted = Math.min(count, left);
    const second = Math.floor(now / secondMs);
    const latest = grants.at(-1);
    if (granted > 0 && latest?.second === second) latest.count += granted;
    else if (granted > 0) grants.push({ second, count: granted });
    this.#grants.set(tenantId, grants);
    keepAtMost(this.#grants, maxTenants);
    if (granted === count) return { granted, retryAfterMs: 0 };
    const [oldest] = grants;
    return { granted, retryAfterMs: oldest === undefined ? allowanceWindowMs : countsUntil(oldest.second) - now };
  }
}

function countsUntil(second: number): number {
  return (second + 1) * secondMs + allowanceWindowMs;
}
