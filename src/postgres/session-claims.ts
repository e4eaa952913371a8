import type { SessionId, UserId } from '../domain/ids.js';
import type { AbandonedRevocation, SessionClaims, SessionView } from '../domain/ports/session-claims.js';
import { Batches } from './batches.js';
import { jsonText } from './json-text.js';
import { abandonedOf, type ClaimRow } from './rows.js';
import {
  type ClaimPlan,
  type ClaimResult,
  type PostgresSessionClaimsOptions,
  PostgresSessionView,
  type SharedCollision,
} from './session-view.js';

/** After so many looks a session that lives is no longer expected to end. */
const maxLooks = 6;

/** How many looks there are in all, where FusionAuth cannot be asked: those of a day. */
const maxLooksInAll = 720;

/**
 * How long a revocation waits for a database that is away, to be announced, in milliseconds. Without the announcement,
 * an ending that FusionAuth first reports to another replica would be attributed to nobody.
 */
const maxAwayMs = 1_500;

/** Claims over all replicas. An operation makes its claim by one statement, before its first revocation. */
export class PostgresSessionClaims implements SessionClaims {
  readonly #batches: Batches<ClaimPlan, ClaimResult>;

  constructor(private readonly options: PostgresSessionClaimsOptions) {
    this.#batches = new Batches({
      run: (plans) => this.#claimAll(plans),
      maxItems: 100,
      maxWaiting: 10_000,
      keysOf: ({ userId }) => [userId],
      refuse: () => new Error('Too many claims wait'),
    });
  }

  get isShared(): boolean {
    return this.options.database.isAvailable;
  }

  open(userId: UserId): SessionView {
    return new PostgresSessionView(userId, this.options, (plan) => this.#claim(plan));
  }

  async isBeingReplaced(userId: UserId, id: SessionId): Promise<boolean> {
    const { local, database } = this.options;
    if (await local.isBeingReplaced(userId, id)) return true;
    try {
      const rows = await database.query(
        `select from $schema.session_claim where session_id = $1 and user_id = $2 and role = 'end'
          and replaced_by_session_id is not null and doubt_until > clock_timestamp()`,
        [id, userId],
      );
      return rows.length > 0;
    } catch {
      return false;
    }
  }

  async takeAbandoned(first: number): Promise<readonly AbandonedRevocation[]> {
    const { database, now } = this.options;
    // That it is away is said once, and not each time that somebody looks.
    if (!database.isAvailable) return [];
    const rows = await database.query<ClaimRow & { readonly looks: number }>(
      `update $schema.session_claim c set looks = looks + 1,
        look_at = clock_timestamp() + (array[2, 5, 15, 30, 60, 120])[least(looks, 5) + 1] * interval '1 s'
      where (session_id, holder) in (
        select session_id, holder from $schema.session_claim
        where role = 'end' and look_at <= clock_timestamp() order by look_at limit $1 for update skip locked)
      returning c.*`,
      [first],
    );
    const over = rows.filter(({ looks }) => looks > maxLooksInAll);
    await Promise.all(over.map(({ session_id }) => this.giveUpAbandoned(session_id)));
    return rows.map((row) => abandonedOf(row, now(), row.looks > maxLooks)).filter((row) => row !== null);
  }

  async giveUpAbandoned(id: SessionId): Promise<void> {
    // Not the claim of an operation that ends it at the moment.
    await this.options.database.query(
      `delete from $schema.session_claim where role = 'end' and looks > $1 and session_id = $2`,
      [maxLooks, id],
    );
  }

  #claim(plan: ClaimPlan): Promise<ClaimResult> {
    return this.#batches.add(plan);
  }

  async #claimAll(plans: readonly ClaimPlan[]) {
    const { database } = this.options;
    // Sorted, so that no two statements wait for each other. A holder that claims again replaces its claim.
    const rows = await database.queryAgain<{ ordinal: string; collision: SharedCollision | null }>(
      `select ordinal, $schema.claim_1(plan) as collision from (
        select ordinal, plan from jsonb_array_elements($1::jsonb) with ordinality as p(plan, ordinal)
        order by plan->>'userId') sorted`,
      [jsonText(plans)],
      maxAwayMs,
    );
    const results = new Map(rows.map(({ ordinal, collision }) => [Number(ordinal), { collision }]));
    return plans.map((_plan, index) => results.get(index + 1) ?? { collision: null });
  }
}
