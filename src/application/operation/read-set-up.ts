import type { Caller } from '../../domain/caller.js';
import { UpstreamTimeoutError } from '../../domain/errors.js';
import type { TenantId } from '../../domain/ids.js';
import type { Clock } from '../../domain/ports/clock.js';
import type { SetUpChecks } from '../../domain/ports/set-up-checks.js';
import type { SetUpReport } from '../../domain/set-up-finding.js';
import { requireSetUp } from '../authorization/set-up.js';
import type { OperationScope } from './operation-scope.js';

/** The calls to FusionAuth that one set of checks is priced at. */
export const callsOfLook = 40;

/** How long findings are reused, in milliseconds. */
export const maxSetUpAgeMs = 30_000;

/** Reports the findings of the set-up checks to operators. One set of checks serves all who ask at the same time. */
export class ReadSetUp {
  #latest: { readonly report: Promise<SetUpReport>; readonly begunAt: number } | null = null;

  constructor(
    private readonly checks: SetUpChecks,
    private readonly clock: Clock,
  ) {}

  /**
   * Leaves out findings about tenants other than the caller's.
   * @throws ForbiddenError when the caller may not know, or is bound to applications; UpstreamTimeoutError when it
   * takes too long.
   */
  async read({ caller, tenantId, time }: Pick<OperationScope, 'caller' | 'tenantId' | 'time'>): Promise<SetUpReport> {
    requireSetUp(caller);
    const { checkedAt, findings } = await within(this.#look(), time.signal);
    return { checkedAt, findings: findings.filter((finding) => mayKnow(caller, tenantId, finding.tenantId)) };
  }

  #look(): Promise<SetUpReport> {
    const now = this.clock.now();
    if (this.#latest !== null && Math.abs(now - this.#latest.begunAt) < maxSetUpAgeMs) return this.#latest.report;
    const report = this.checks.run();
    const latest = { report, begunAt: now };
    this.#latest = latest;
    report.catch(() => {
      if (this.#latest === latest) this.#latest = null;
    });
    return report;
  }
}

function mayKnow({ tenantIds }: Caller, chosen: TenantId | null, about: TenantId | null): boolean {
  if (about === null) return true;
  return chosen === null ? tenantIds === null || tenantIds.has(about) : about === chosen;
}

/** The checks go on for other callers. */
function within<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const giveUp = () => reject(new UpstreamTimeoutError(false));
    if (signal.aborted) return giveUp();
    signal.addEventListener('abort', giveUp, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', giveUp));
  });
}
