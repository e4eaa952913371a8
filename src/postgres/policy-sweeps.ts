import { randomUUID } from 'node:crypto';
import { type PolicySweep, type PolicySweeps, sweepTurnMs } from '../domain/ports/policy-sweeps.js';
import type { Database } from './database.js';

/** Turns over all replicas, and a watermark that outlives them. */
export class PostgresPolicySweeps implements PolicySweeps {
  constructor(private readonly database: Database) {}

  async begin(intervalMs: number): Promise<PolicySweep | null> {
    const { database } = this;
    const holder = randomUUID();
    const [row] = await database.query<{ swept_until: Date | null }>(
      `update $schema.policy_sweep set holder = $1, held_until = clock_timestamp() + $3 * interval '1 ms'
      where (held_until is null or held_until < clock_timestamp())
        and (ended_at is null or ended_at <= clock_timestamp() - $2 * interval '1 ms')
      returning swept_until`,
      [holder, intervalMs, sweepTurnMs],
    );
    if (row === undefined) return null;
    return {
      since: row.swept_until?.getTime() ?? null,
      advance: async (until) => {
        const advanced = await database.query(
          `update $schema.policy_sweep set swept_until = $2,
            held_until = clock_timestamp() + $3 * interval '1 ms'
          where holder = $1 returning 1`,
          [holder, new Date(until), sweepTurnMs],
        );
        return advanced.length > 0;
      },
      end: async () => {
        await database.query(
          `update $schema.policy_sweep set holder = null, held_until = null, ended_at = clock_timestamp()
          where holder = $1`,
          [holder],
        );
      },
    };
  }
}
