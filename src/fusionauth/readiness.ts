import type { CheckResult } from './checks.js';
import { type ClockSkew, notableSkewMs } from './clock-skew.js';
import type { FusionAuthTelemetry } from './telemetry.js';

/** The FusionAuth on which a service depends. */
interface Dependency {
  runChecks(): Promise<readonly CheckResult[]>;
  /** The cheapest check of whether the service can work. Rejects when it cannot. */
  check(): Promise<void>;
  readonly skew: Pick<ClockSkew, 'aheadMs'>;
}

/** FusionAuth is not as the service needs it, and its operators have to do something. */
class NotReadyError extends Error {
  override readonly name = 'NotReadyError';
}

/**
 * Whether the service can do its work. All is checked at the start, and again whenever it is asked until everything
 * essential has been found well once. From then on only whether FusionAuth answers, to the key and for the tenant.
 */
export class Readiness {
  readonly #said = new Map<string, string>();
  #isWell = false;

  /** @param telemetry Called with each check whose message is another than the last time. */
  constructor(
    private readonly fusionAuth: Dependency,
    private readonly telemetry: Pick<FusionAuthTelemetry, 'checked'>,
  ) {}

  /** Checks everything, and reports changes. Never rejects. */
  async start(): Promise<void> {
    await this.#checkAll();
  }

  /** @throws when the service cannot do its work, saying why. */
  async check(): Promise<void> {
    await this.fusionAuth.check();
    if (this.#isWell) return;
    const results = await this.#checkAll();
    const problem = results.find(({ state, isEssential }) => isEssential && state !== 'ok');
    if (problem !== undefined) throw new NotReadyError(problem.message);
  }

  /** Codes of faults with which the service can still do its work. */
  warnings(): readonly string[] {
    return Math.abs(this.fusionAuth.skew.aheadMs) > notableSkewMs ? ['CLOCK_SKEW'] : [];
  }

  async #checkAll(): Promise<readonly CheckResult[]> {
    const results = await this.fusionAuth.runChecks();
    for (const result of results) {
      if (this.#said.get(result.check) === result.message) continue;
      this.#said.set(result.check, result.message);
      this.telemetry.checked(result);
    }
    this.#isWell = results.every(({ state, isEssential }) => state === 'ok' || !isEssential);
    return results;
  }
}
