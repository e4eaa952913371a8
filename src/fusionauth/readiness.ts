import { UpstreamRejectedError } from '../domain/errors.js';
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

/** FusionAuth is not set up as the service needs it. An operator has to act. */
class NotReadyError extends Error {
  override readonly name = 'NotReadyError';
}

/**
 * Decides whether the service is ready. It makes all checks at the start, and again for each probe until every
 * essential check has passed once. From then on it only checks that FusionAuth answers, with the key and for the
 * tenant, until FusionAuth refuses to end a session.
 */
export class Readiness implements Disposable {
  readonly #said = new Map<string, string>();
  #isWell = false;
  #isDisposed = false;

  /** @param telemetry Receives each check whose message has changed. */
  constructor(
    private readonly fusionAuth: Dependency,
    private readonly telemetry: Pick<FusionAuthTelemetry, 'checked'>,
  ) {}

  /** Makes all checks, and reports changes. Never rejects. */
  async start(): Promise<void> {
    await this.#checkAll();
  }

  /**
   * Has the next probe make all checks where FusionAuth has refused to end a session: the key may have lost that
   * permission, which listing does not show. @param cause Why a session has not ended; null where it has.
   */
  endingAttempted(cause: Error | null): void {
    if (cause instanceof UpstreamRejectedError) this.#isWell = false;
  }

  /** @throws when the service is not ready, with the reason. */
  async check(): Promise<void> {
    await this.fusionAuth.check();
    if (this.#isWell) return;
    const results = await this.#checkAll();
    const problem = results.find(({ state, isEssential }) => isEssential && state !== 'ok');
    if (problem !== undefined) throw new NotReadyError(problem.message);
  }

  /** Codes of faults that leave the service ready. */
  warnings(): readonly string[] {
    return Math.abs(this.fusionAuth.skew.aheadMs) > notableSkewMs ? ['CLOCK_SKEW'] : [];
  }

  /** Reports no more checks: those under way are cut off, which is no fault of FusionAuth. */
  [Symbol.dispose](): void {
    this.#isDisposed = true;
  }

  async #checkAll(): Promise<readonly CheckResult[]> {
    const results = await this.fusionAuth.runChecks();
    for (const result of this.#isDisposed ? [] : results) {
      if (this.#said.get(result.check) === result.message) continue;
      this.#said.set(result.check, result.message);
      this.telemetry.checked(result);
    }
    this.#isWell = results.every(({ state, isEssential }) => state === 'ok' || !isEssential);
    return results;
  }
}
