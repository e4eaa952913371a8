import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import type { SessionId, UserId } from '../domain/ids.js';
import {
  type Collision,
  type EndingPlan,
  revocationDoubtMs,
  type SessionFate,
  type SessionView,
} from '../domain/ports/session-claims.js';
import type { Instant } from '../domain/session.js';
import { policyNoteOf } from '../domain/session-event.js';
import type { InProcessSessionClaims } from '../in-process/session-claims.js';
import type { AnnouncedEndings } from './announced-endings.js';
import type { Database } from './database.js';
import type { LogReader } from './log-reader.js';
import { causeColumns } from './rows.js';

export interface PostgresSessionClaimsOptions {
  /** Claims among the operations of this process, which come first. */
  readonly local: InProcessSessionClaims;
  readonly database: Database;
  readonly reader: LogReader;
  readonly announced: AnnouncedEndings;
  /** How long an operation may work with its claims, in milliseconds. They are void after that. */
  readonly maxBusyMs: number;
  readonly now: () => Instant;
  /** Called when claims could not be shared: they bind this process alone, and their reasons may be lost. */
  readonly onUnshared: (error: unknown) => void;
}

/** A plan as `claim_1` takes it. */
export type ClaimPlan = Readonly<Record<string, unknown>> & { readonly userId: UserId };

export interface SharedCollision {
  readonly held: readonly SessionId[];
  /** Sessions to keep that another operation ends at this moment. */
  readonly blocking: readonly SessionId[];
  /** Sessions to keep that another operation may have ended. */
  readonly doubtful: readonly SessionId[];
  /** The position in the log of the end of a session to keep, since the look; null when none has ended. */
  readonly staleAt: number | null;
}

export type ClaimResult = { readonly collision: SharedCollision | null };

/** How long to wait before a session that is held is looked at again, in milliseconds. */
const retryMs = 25;

/** The longest wait before another look, in milliseconds. */
const maxWaitMs = 10_000;

/** The view and the claims of one operation on a user's sessions, over all replicas. */
export class PostgresSessionView implements SessionView {
  readonly #holder = randomUUID();
  readonly #local;
  #lookedAt = 0;
  /** Whether the database holds anything for this view. */
  #isShared = false;
  readonly #alive: SessionId[] = [];
  readonly #inDoubt: SessionId[] = [];
  readonly #ended: SessionId[] = [];
  readonly #open = new Set<SessionId>();
  #holds = false;

  constructor(
    private readonly userId: UserId,
    private readonly options: PostgresSessionClaimsOptions,
    private readonly claimShared: (plan: ClaimPlan) => Promise<ClaimResult>,
  ) {
    this.#local = options.local.open(userId);
  }

  look(): void {
    this.#local.look();
    this.#lookedAt = this.options.reader.position;
  }

  isInDoubt(id: SessionId): boolean {
    return this.#local.isInDoubt(id);
  }

  async claim(plan: EndingPlan): Promise<Collision | null> {
    const collision = this.#local.claimNow(plan);
    if (collision !== null) return collision;
    // An operation that ends nothing and keeps nothing by choice binds nobody.
    if (plan.ends.length === 0 && plan.rule !== 'byChoice' && !this.#isShared) return null;
    const wasAvailable = this.options.database.isAvailable;
    try {
      const result = await this.claimShared(this.#columnsOf(plan));
      if (result.collision !== null) return this.#yieldTo(result.collision, plan);
      this.#isShared = true;
      this.#holds = plan.rule === 'byChoice' && plan.keeps.length > 0;
      this.#closeAll();
      for (const { id } of plan.ends) this.#open.add(id);
      this.options.announced.add(this.#open.size);
    } catch (error) {
      // The turn holds over all replicas, but a claim in this process alone would not.
      if (wasAvailable && plan.rule === 'byChoice') {
        this.#local.giveBack();
        throw error;
      }
      this.options.onUnshared(error);
    }
    return null;
  }

  isAnnounced(id: SessionId): boolean {
    return this.#open.has(id);
  }

  settle(id: SessionId, fate: SessionFate): void {
    this.#local.settle(id, fate);
    if (!this.#open.delete(id)) return;
    this.options.announced.add(-1);
    // The publication settles ended sessions, now or later.
    if (fate === 'ended') this.#ended.push(id);
    if (fate === 'lives') this.#alive.push(id);
    if (fate === 'inDoubt') this.#inDoubt.push(id);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#local.close();
    // An operation that failed half-way does not know the fate of the rest.
    this.#inDoubt.push(...this.#open);
    this.#closeAll();
    if (!this.#isShared || (!this.#holds && this.#alive.length + this.#inDoubt.length === 0)) return;
    try {
      await this.options.database.query(
        `with lives as (
          delete from $schema.session_claim where holder = $1 and (role = 'hold' or session_id = any ($2))
        ) update $schema.session_claim set busy_until = clock_timestamp(),
          doubt_until = clock_timestamp() + $4 * interval '1 ms', look_at = clock_timestamp() + interval '2 s'
        where holder = $1 and role = 'end' and session_id = any ($3)`,
        [this.#holder, this.#alive, this.#inDoubt, revocationDoubtMs],
      );
    } catch (error) {
      // The claims lapse after the time that an operation may take.
      this.options.onUnshared(error);
    }
  }

  #closeAll(): void {
    this.options.announced.add(-this.#open.size);
    this.#open.clear();
  }

  #columnsOf({ rule, keeps, ends, cause }: EndingPlan) {
    return {
      holder: this.#holder,
      userId: this.userId,
      rule,
      lookedAt: this.#lookedAt,
      keeps,
      settled: [...this.#ended, ...this.#inDoubt],
      ends: ends.map((ending) => ({ ...ending, ...policyNoteOf(ending.policyRule) })),
      busyMs: this.options.maxBusyMs,
      doubtMs: revocationDoubtMs,
      reason: cause.reason,
      ...causeColumns(cause),
    };
  }

  /** Gives the local claim back, and resolves when to look again. */
  #yieldTo({ held, blocking, doubtful, staleAt }: SharedCollision, plan: EndingPlan): Collision {
    this.#local.giveBack();
    for (const id of doubtful) {
      const ending = { id, applicationId: null, tenantId: null, replacedBySessionId: null };
      this.options.local.doubt({ ...ending, userId: this.userId, cause: plan.cause });
    }
    const isBlocked = held.length + blocking.length > 0;
    const over = isBlocked ? this.#untilFree(held, blocking) : this.options.reader.reach(staleAt ?? 0);
    return { heldIds: new Set(held), over };
  }

  async #untilFree(held: readonly SessionId[], blocking: readonly SessionId[]): Promise<void> {
    const deadline = performance.now() + maxWaitMs;
    try {
      while (performance.now() < deadline) {
        await delay(retryMs, undefined, { ref: false });
        const rows = await this.options.database.query(
          `select from $schema.session_claim where holder <> $3 and busy_until > clock_timestamp()
            and ((role = 'hold' and session_id = any ($1)) or (role = 'end' and session_id = any ($2))) limit 1`,
          [held, blocking, this.#holder],
        );
        if (rows.length === 0) return;
      }
    } catch {
      // The waiting operation looks again, and goes on with the claims of this process.
    }
  }
}
