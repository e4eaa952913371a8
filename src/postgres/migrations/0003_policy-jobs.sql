-- Up Migration

-- Users for whom the policy has to be enforced. A user has one job that waits, and one that runs meanwhile.
create table policy_job (
  user_id uuid not null,
  is_claimed boolean not null,
  tenant_id uuid,
  session_id uuid,
  triggers text[] not null,
  is_live boolean not null,
  -- Sign-ins whose session has not been seen: key to instant, in milliseconds.
  awaited jsonb not null,
  looks int not null,
  attempts int not null,
  -- When the job is due, or when the claim of a running one lapses.
  due_at timestamptz not null,
  claim uuid,
  -- Given up, until something schedules its user again.
  is_dead boolean not null,
  primary key (user_id, is_claimed)
) with (fillfactor = 70);
create index policy_job_due on policy_job (is_live, due_at) where not is_dead;
create index policy_job_dead on policy_job (user_id) where is_dead;

-- Of two sign-ins with one key the first one counts, and of all sign-ins the newest are kept.
create function merge_awaited_1(known jsonb, more jsonb) returns jsonb language sql immutable as $$
  select coalesce(jsonb_object_agg(newest.key, newest.value), '{}') from (
    select a.key, a.value from jsonb_each(more || known) a order by a.value::bigint desc, a.key desc limit 16
  ) newest
$$;

-- In the order of the users, so that no two such statements wait for each other.
create function schedule_policy_jobs_1(requests jsonb) returns void language plpgsql set search_path from current as $$
declare
  r record;
  at timestamptz := clock_timestamp();
begin
  for r in
    select q.* from jsonb_to_recordset(requests) as q(ordinal int, "userId" uuid, "tenantId" uuid, "sessionId" uuid,
      trigger text, "isLive" boolean, "afterMs" float8, awaited jsonb) order by q."userId", q.ordinal
  loop
    insert into policy_job as w (user_id, is_claimed, tenant_id, session_id, triggers, is_live, awaited, looks, attempts,
      due_at, is_dead)
    values (r."userId", false, r."tenantId", r."sessionId", array[r.trigger], r."isLive", r.awaited, 0, 0,
      at + r."afterMs" * interval '1 ms', false)
    on conflict (user_id, is_claimed) do update set
      tenant_id = coalesce(excluded.tenant_id, w.tenant_id),
      session_id = coalesce(excluded.session_id, w.session_id),
      triggers = case when excluded.triggers <@ w.triggers then w.triggers else w.triggers || excluded.triggers end,
      is_live = w.is_live or excluded.is_live,
      awaited = merge_awaited_1(w.awaited, excluded.awaited),
      looks = case when excluded.awaited = '{}' then w.looks else 0 end,
      attempts = case when w.is_dead then 0 else w.attempts end,
      due_at = case when w.is_dead then excluded.due_at when w.attempts > 0 then w.due_at
        else least(w.due_at, excluded.due_at) end,
      is_dead = false;
  end loop;
end $$;

-- Claims jobs that are due, and answers in how many milliseconds the next one is due.
create function claim_policy_jobs_1(live int, background int, claim_ms int)
returns jsonb language plpgsql set search_path from current as $$
declare
  at timestamptz := clock_timestamp();
  jobs jsonb;
begin
  with due_live as materialized (
    select j.user_id, j.is_claimed, j.due_at from policy_job j
    where j.is_live and not j.is_dead and j.due_at <= at and (j.is_claimed or not exists (
      select from policy_job running where running.user_id = j.user_id and running.is_claimed))
    order by j.due_at limit live for update skip locked
  ), due_background as materialized (
    select j.user_id, j.is_claimed, j.due_at from policy_job j
    where not j.is_live and not j.is_dead and j.due_at <= at and (j.is_claimed or not exists (
      select from policy_job running where running.user_id = j.user_id and running.is_claimed))
    order by j.due_at limit background for update skip locked
  ), claimed as (
    update policy_job j set is_claimed = true, claim = gen_random_uuid(), due_at = at + claim_ms * interval '1 ms',
      attempts = j.attempts + j.is_claimed::int
    from (select * from due_live union all select * from due_background) d
    where j.user_id = d.user_id and j.is_claimed = d.is_claimed
    returning j.*, d.due_at as was_due_at
  )
  select coalesce(jsonb_agg(jsonb_build_object('userId', c.user_id, 'tenantId', c.tenant_id, 'sessionId', c.session_id,
    'triggers', to_jsonb(c.triggers), 'isLive', c.is_live, 'awaited', c.awaited, 'looks', c.looks,
    'attempts', c.attempts, 'claim', c.claim, 'overdueMs', extract(epoch from at - c.was_due_at) * 1000)
    order by c.was_due_at), '[]') into jobs from claimed c;
  return jsonb_build_object('jobs', jobs, 'nextDueMs', extract(epoch from least(
    (select min(due_at) from policy_job where is_live and not is_dead and due_at > at),
    (select min(due_at) from policy_job where not is_live and not is_dead and due_at > at)) - at) * 1000);
end $$;

-- Ends a claim, and merges the next run with a run that was scheduled meanwhile. Does nothing for a claim that was lost.
create function settle_policy_job_1("user" uuid, mine uuid, next jsonb)
returns void language plpgsql set search_path from current as $$
declare
  job policy_job%rowtype;
begin
  delete from policy_job j where j.user_id = "user" and j.is_claimed and j.claim = mine returning j.* into job;
  if not found or next is null then return; end if;
  insert into policy_job as w (user_id, is_claimed, tenant_id, session_id, triggers, is_live, awaited, looks, attempts,
    due_at, is_dead)
  values (job.user_id, false, job.tenant_id, job.session_id, job.triggers, job.is_live, next->'awaited',
    (next->>'looks')::int, (next->>'attempts')::int,
    clock_timestamp() + (next->>'afterMs')::float8 * interval '1 ms', (next->>'isDead')::boolean)
  on conflict (user_id, is_claimed) do update set
    awaited = merge_awaited_1(excluded.awaited, w.awaited),
    tenant_id = coalesce(w.tenant_id, excluded.tenant_id),
    session_id = coalesce(w.session_id, excluded.session_id),
    triggers = case when excluded.is_dead then w.triggers
      else array(select distinct unnest(excluded.triggers || w.triggers)) end,
    is_live = w.is_live or (excluded.is_live and not excluded.is_dead),
    looks = case when excluded.is_dead then w.looks else least(w.looks, excluded.looks) end,
    attempts = case when excluded.is_dead then w.attempts else excluded.attempts end,
    due_at = case when excluded.is_dead then w.due_at when excluded.attempts > 0 then excluded.due_at
      else least(w.due_at, excluded.due_at) end;
end $$;

-- How many endings policies were granted in each second.
create table revocation_grant (
  -- A tenant; empty for all of them.
  tenant text not null,
  second bigint not null,
  granted int not null,
  primary key (tenant, second)
);

-- A second counts until the minute after its end is over.
create function take_revocations_1(whose text, wanted int, per_minute int)
returns jsonb language plpgsql set search_path from current as $$
declare
  now_ms float8;
  taken int;
  oldest bigint;
  given int;
begin
  perform pg_advisory_xact_lock(hashtextextended('allowance ' || whose, 0));
  now_ms := extract(epoch from clock_timestamp()) * 1000;
  delete from revocation_grant g where g.tenant = whose and (g.second + 1) * 1000 + 60000 <= now_ms;
  select coalesce(sum(g.granted), 0), min(g.second) into taken, oldest from revocation_grant g where g.tenant = whose;
  given := least(wanted, greatest(0, per_minute - taken));
  if given > 0 then
    insert into revocation_grant as g (tenant, second, granted) values (whose, floor(now_ms / 1000), given)
    on conflict (tenant, second) do update set granted = g.granted + excluded.granted;
  end if;
  return jsonb_build_object('granted', given, 'retryAfterMs', case when given = wanted then 0
    else coalesce((oldest + 1) * 1000 + 60000 - now_ms, 60000) end);
end $$;

-- The instant up to which FusionAuth's login records have been looked through, and the replica that does so.
create table policy_sweep (
  only_row boolean primary key default true check (only_row),
  swept_until timestamptz,
  holder uuid,
  held_until timestamptz,
  ended_at timestamptz
);
insert into policy_sweep default values;

-- Places that are kept for sign-ins whose session does not exist yet.
create table sign_in_reservation (
  user_id uuid primary key,
  version bigint not null,
  held jsonb not null,
  changed_at timestamptz not null
);
create index sign_in_reservation_changed_at on sign_in_reservation (changed_at);

-- Down Migration
