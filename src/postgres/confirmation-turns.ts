import { randomUUID } from 'node:crypto';
import { parseApplicationId, parseSessionId } from '../domain/ids.js';
import {
  type ConfirmationQuestion,
  type ConfirmationTurn,
  type ConfirmationTurns,
  type ConfirmedUser,
  confirmationTurnMs,
  type TakenTurn,
} from '../domain/ports/confirmation-turns.js';
import { Batches } from './batches.js';
import type { Database } from './database.js';
import { jsonText } from './json-text.js';

interface TurnRow {
  readonly ordinal: string;
  readonly is_mine: boolean;
  /** Null without a recent answer. */
  readonly age_ms: string | null;
  readonly is_active: boolean | null;
  readonly sessions: readonly (readonly [string, string | null])[] | null;
}

interface Said {
  readonly turn: TakenTurn;
  readonly answer: ConfirmedUser | null;
}

/** How many answers may wait to be written, of about 100 bytes a session. */
const maxWaiting = 10_000;

/** Turns over all replicas. An answer counts from when its turn was taken, by the clock of the database. */
export class PostgresConfirmationTurns implements ConfirmationTurns {
  readonly #said: Batches<Said, null>;

  constructor(private readonly database: Database) {
    this.#said = new Batches({
      run: (said) => this.#write(said),
      maxItems: 100,
      maxWaiting,
      keysOf: ({ turn }) => [turn.id],
      refuse: () => new Error('Too many confirmations wait'),
    });
  }

  async take(questions: readonly ConfirmationQuestion[]): Promise<readonly ConfirmationTurn[]> {
    const turns = questions.map(() => randomUUID());
    const rows = await this.database.query<TurnRow>(takeStatement, [
      questions.map(({ tenantId }) => tenantId ?? ''),
      questions.map(({ userId }) => userId),
      questions.map(({ maxAgeMs }) => Math.max(0, Math.floor(maxAgeMs))),
      turns,
      confirmationTurnMs,
    ]);
    const found = new Map(rows.map((row) => [Number(row.ordinal) - 1, row]));
    return questions.map((question, index) => turnOf(question, turns[index] ?? '', found.get(index)));
  }

  async say(turn: TakenTurn, answer: ConfirmedUser | null): Promise<void> {
    // Only other replicas miss the answer, and they ask for themselves when the turn is over.
    await this.#said.add({ turn, answer }).catch(() => undefined);
  }

  async #write(said: readonly Said[]): Promise<readonly null[]> {
    const values = said.map(({ turn: { id, question }, answer }) => ({
      tenant: question.tenantId ?? '',
      user_id: question.userId,
      turn: id,
      is_said: answer !== null,
      is_active: answer?.isActive ?? null,
      sessions: answer?.sessions.map((session) => [session.id, session.applicationId]) ?? null,
    }));
    await this.database.query(sayStatement, [jsonText(values)]);
    return said.map(() => null);
  }
}

/** Takes rows in a fixed order, so that no two replicas wait for each other. */
const takeStatement = `with asked as (
    select q.tenant, q.user_id, q.turn, q.ordinal, clock_timestamp() - q.max_age_ms * interval '1 ms' as wanted_since
    from unnest($1::text[], $2::uuid[], $3::float8[], $4::uuid[]) with ordinality as q (tenant, user_id, max_age_ms, turn, ordinal)
  ), taken as (
    insert into $schema.confirmation as c (tenant, user_id, turn, taken_at, taken_until, wanted_since)
    select tenant, user_id, turn, clock_timestamp(), clock_timestamp() + $5 * interval '1 ms', wanted_since
    from (select distinct on (tenant, user_id) * from asked order by tenant, user_id) once
    on conflict (tenant, user_id) do update
      set turn = excluded.turn, taken_at = excluded.taken_at, taken_until = excluded.taken_until
      where c.taken_until < clock_timestamp() and (c.confirmed_at is null or c.confirmed_at < excluded.wanted_since)
    returning turn
  )
  select asked.ordinal, taken.turn is not null as is_mine, c.is_active, c.sessions,
    extract(epoch from clock_timestamp() - c.confirmed_at) * 1000 as age_ms
  from asked
  left join taken on taken.turn = asked.turn
  left join $schema.confirmation c
    on c.tenant = asked.tenant and c.user_id = asked.user_id and c.confirmed_at >= asked.wanted_since`;

const sayStatement = `update $schema.confirmation c set taken_until = clock_timestamp(),
    confirmed_at = case when s.is_said then c.taken_at else c.confirmed_at end,
    is_active = case when s.is_said then s.is_active else c.is_active end,
    sessions = case when s.is_said then s.sessions else c.sessions end
  from jsonb_to_recordset($1::jsonb)
    as s (tenant text, user_id uuid, turn uuid, is_said boolean, is_active boolean, sessions jsonb)
  where c.tenant = s.tenant and c.user_id = s.user_id and c.turn = s.turn`;

function turnOf(question: ConfirmationQuestion, id: string, row: TurnRow | undefined): ConfirmationTurn {
  if (row?.is_mine === true) return { kind: 'ask', question, id };
  if (row === undefined || row.age_ms === null || row.sessions === null) return { kind: 'wait' };
  const sessions = row.sessions.flatMap(([sessionId, applicationId]) => {
    const parsed = parseSessionId(sessionId);
    return parsed === undefined ? [] : [{ id: parsed, applicationId: parseApplicationId(applicationId) ?? null }];
  });
  const ageMs = Math.max(0, Number(row.age_ms));
  return { kind: 'known', ageMs, answer: { isActive: row.is_active === true, sessions } };
}
