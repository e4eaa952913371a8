import type { EndedSession } from '../../domain/ended-session.js';
import type { TenantId } from '../../domain/ids.js';
import type { SessionGateway } from '../../domain/ports/session-gateway.js';
import type { SessionNews } from './session-news.js';

export interface UnansweredEndingsOptions {
  readonly news: Pick<SessionNews, 'tellOwn'>;
  /** The sessions of a tenant. */
  readonly sessionsOf: (tenantId: TenantId | null) => Pick<SessionGateway, 'findSession'>;
  readonly onFailure: (error: unknown) => void;
  /** After how long it is looked each time, in milliseconds. Default: 1, 5, 30 and 120 seconds. */
  readonly delaysMs?: readonly number[];
}

/** How many sessions may be in doubt; of one more it is only told if FusionAuth tells, or somebody ends it again. */
const maxInDoubt = 1_000;

const defaultDelaysMs = [1_000, 5_000, 30_000, 120_000];

/**
 * Revocations that went unanswered, and may have been carried out all the same. Whoever asked is told that they failed;
 * a little later it shows whether the session has ended, and then its access tokens have to be refused.
 */
export class UnansweredEndings implements Disposable {
  readonly #timers = new Set<NodeJS.Timeout>();

  constructor(private readonly options: UnansweredEndingsOptions) {}

  add(ended: EndedSession, tenantId: TenantId | null): void {
    if (this.#timers.size < maxInDoubt) this.#lookLater(ended, tenantId, this.options.delaysMs ?? defaultDelaysMs);
  }

  [Symbol.dispose](): void {
    for (const timer of this.#timers) clearTimeout(timer);
    this.#timers.clear();
  }

  #lookLater(ended: EndedSession, tenantId: TenantId | null, [delayMs, ...later]: readonly number[]): void {
    if (delayMs === undefined) return;
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      this.#look(ended, tenantId).then(
        (isGone) => {
          if (!isGone) this.#lookLater(ended, tenantId, later);
        },
        (error: unknown) => {
          this.options.onFailure(error);
          this.#lookLater(ended, tenantId, later);
        },
      );
    }, delayMs);
    timer.unref();
    this.#timers.add(timer);
  }

  async #look(ended: EndedSession, tenantId: TenantId | null): Promise<boolean> {
    const { news, sessionsOf } = this.options;
    if ((await sessionsOf(tenantId).findSession(ended.id)) !== null) return false;
    await news.tellOwn(ended, tenantId);
    return true;
  }
}
