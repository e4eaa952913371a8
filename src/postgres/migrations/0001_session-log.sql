-- Up Migration

-- The head of the log. The transaction that holds this row gives the next positions, so they are dense and in the order
-- of the commits.
create table log_head (
  only_row boolean primary key default true check (only_row),
  position bigint not null,
  -- Sets the ids of events apart from those of an earlier log of which some may be lost.
  epoch bigint not null,
  -- The key that seals the ids of events.
  id_key bytea not null,
  -- The incarnation of the server that gave the positions: see server_fingerprint.
  fingerprint text not null,
  -- Revocations before this may be missing.
  complete_since timestamptz not null
) with (fillfactor = 50);

-- A fail-over begins a new timeline, and a table that was restored from a dump has another number.
create function server_fingerprint() returns text language plpgsql stable set search_path from current as $$
begin
  return substr(pg_walfile_name(pg_current_wal_lsn()), 1, 8) || '.' || 'log_head'::regclass::oid;
end $$;

create function random_epoch() returns bigint language sql volatile as $$
  select ('x' || substr(replace(gen_random_uuid()::text, '-', ''), 1, 15))::bit(60)::bigint
$$;

insert into log_head (position, epoch, id_key, fingerprint, complete_since)
values (0, random_epoch(), decode(replace(gen_random_uuid()::text || gen_random_uuid()::text, '-', ''), 'hex'),
  server_fingerprint(), now());

create table event (
  position bigint primary key,
  type text not null,
  tenant_id uuid,
  user_id uuid,
  application_id uuid,
  session_id uuid,
  reason text,
  occurred_at timestamptz not null,
  recorded_at timestamptz not null,
  -- Access tokens of the session or user that were issued before the first instant are refused until the second.
  issued_before timestamptz,
  refuse_until timestamptz
);
create index event_refuse_until on event (refuse_until) where refuse_until is not null;

-- How sessions ended, for as long as FusionAuth may report them again.
create table ending (
  session_id uuid primary key,
  user_id uuid not null,
  application_id uuid,
  tenant_id uuid,
  ended_at timestamptz not null,
  reason text not null,
  replaced_by_session_id uuid,
  access_tokens_expire_by timestamptz,
  tokens_expire_by timestamptz not null,
  by_choice boolean not null,
  position bigint not null,
  recorded_at timestamptz not null,
  -- Null for a session that somebody else has revoked.
  actor_kind text,
  actor_user_id uuid,
  actor_name text,
  comment text,
  request_id text
);
create index ending_recorded_at on ending (recorded_at);

create table delivery (
  id text primary key,
  expires_at timestamptz not null
);
create index delivery_expires_at on delivery (expires_at);

-- The sessions that operations are about to end ('end'), and those that they have chosen to keep meanwhile ('hold').
create table session_claim (
  session_id uuid not null,
  holder uuid not null,
  role text not null,
  rule text not null,
  user_id uuid not null,
  application_id uuid,
  tenant_id uuid,
  replaced_by_session_id uuid,
  reason text not null,
  actor_kind text not null,
  actor_user_id uuid,
  actor_name text not null,
  comment text,
  request_id text not null,
  claimed_at timestamptz not null default clock_timestamp(),
  -- Until busy_until the operation is at work. After that, and until doubt_until, the outcome is not known.
  busy_until timestamptz not null,
  doubt_until timestamptz not null,
  -- When a replica has to look up the outcome, and how often one has.
  look_at timestamptz not null,
  looks int not null default 0,
  primary key (session_id, holder)
);
create index session_claim_look_at on session_claim (look_at);

-- Replicas that take reports of FusionAuth at the moment.
create table attendance (
  replica uuid primary key,
  began_at timestamptz not null,
  seen_at timestamptz not null,
  -- Whether a gap in the reports before this replica is recorded, or there was none.
  is_settled boolean not null
) with (fillfactor = 50);

-- Publishes entries in one step: claims deliveries and endings, and adds new ones. An ending is attributed to the
-- operation that claimed it first. No session and no delivery may occur twice in a call.
create function publish_1(entries jsonb, deliveries jsonb, recorded timestamptz)
returns jsonb language plpgsql set search_path from current as $$
declare
  head bigint;
  new_deliveries text[];
  added jsonb;
begin
  select h.position into strict head from log_head h for update;
  with new as (
    insert into delivery (id, expires_at)
    select d.id, d."expiresAt" from jsonb_to_recordset(deliveries) as d(id text, "expiresAt" timestamptz)
    on conflict do nothing returning id
  ) select coalesce(array_agg(id), '{}') into new_deliveries from new;
  with entry as materialized (
    select e.* from jsonb_to_recordset(entries) as e(
      ordinal int, delivery text, type text, "tenantId" uuid, "userId" uuid, "applicationId" uuid, "sessionId" uuid,
      reason text, "occurredAt" timestamptz, "issuedBefore" timestamptz, "refuseUntil" timestamptz,
      "isEnding" boolean, "endedAt" timestamptz, "replacedBySessionId" uuid, "accessTokensExpireBy" timestamptz,
      "tokensExpireBy" timestamptz, "isReported" boolean, "actorKind" text, "actorUserId" uuid, "actorName" text,
      comment text, "requestId" text)
    where e.delivery is null or e.delivery = any (new_deliveries)
  ), attributed as materialized (
    select e.ordinal, e.type, e."tenantId", e."userId", e."applicationId", e."sessionId", e."occurredAt",
      e."issuedBefore", e."refuseUntil", e."isEnding", e."endedAt", e."accessTokensExpireBy", e."tokensExpireBy",
      coalesce(mine.rule, '') = 'byChoice' as by_choice,
      case when c.session_id is null then e.reason else c.reason end as reason,
      case when c.session_id is null then e."replacedBySessionId" else c.replaced_by_session_id end as replaced_by,
      case when c.session_id is null then e."actorKind" else c.actor_kind end as actor_kind,
      case when c.session_id is null then e."actorUserId" else c.actor_user_id end as actor_user_id,
      case when c.session_id is null then e."actorName" else c.actor_name end as actor_name,
      case when c.session_id is null then e.comment else c.comment end as comment,
      case when c.session_id is null then e."requestId" else c.request_id end as request_id
    from entry e
    left join lateral (
      select * from session_claim s where s.session_id = e."sessionId" and s.role = 'end' and s.rule = 'byChoice' limit 1
    ) mine on e."isEnding"
    left join lateral (
      select * from session_claim s where s.session_id = e."sessionId" and s.role = 'end'
      order by s.claimed_at, s.holder limit 1
    ) c on e."isReported"
  ), fresh as materialized (
    select a.*, head + row_number() over (order by a.ordinal) as position from attributed a
    where not a."isEnding" or not exists (
      select from ending known where known.session_id = a."sessionId" and known.tokens_expire_by >= a."endedAt")
  ), add_events as (
    insert into event (position, type, tenant_id, user_id, application_id, session_id, reason, occurred_at, recorded_at,
      issued_before, refuse_until)
    select position, type, "tenantId", "userId", "applicationId", "sessionId", reason, "occurredAt", recorded,
      "issuedBefore", "refuseUntil" from fresh
  ), add_endings as (
    insert into ending (session_id, user_id, application_id, tenant_id, ended_at, reason, replaced_by_session_id,
      access_tokens_expire_by, tokens_expire_by, by_choice, position, recorded_at,
      actor_kind, actor_user_id, actor_name, comment, request_id)
    select "sessionId", "userId", "applicationId", "tenantId", "endedAt", reason, replaced_by,
      "accessTokensExpireBy", "tokensExpireBy", by_choice, position, recorded,
      actor_kind, actor_user_id, actor_name, comment, request_id from fresh where "isEnding"
    on conflict (session_id) do update set user_id = excluded.user_id, application_id = excluded.application_id,
      tenant_id = excluded.tenant_id, ended_at = excluded.ended_at, reason = excluded.reason,
      replaced_by_session_id = excluded.replaced_by_session_id,
      access_tokens_expire_by = excluded.access_tokens_expire_by, tokens_expire_by = excluded.tokens_expire_by,
      by_choice = excluded.by_choice, position = excluded.position, recorded_at = excluded.recorded_at,
      actor_kind = excluded.actor_kind, actor_user_id = excluded.actor_user_id, actor_name = excluded.actor_name,
      comment = excluded.comment, request_id = excluded.request_id
  ), settle_claims as (
    delete from session_claim c using attributed a
    where a."isEnding" and c.session_id = a."sessionId" and c.role = 'end'
  )
  select coalesce(jsonb_agg(jsonb_build_array(ordinal, position) order by position), '[]') into added from fresh;
  if jsonb_array_length(added) > 0 then
    update log_head h set position = head + jsonb_array_length(added);
    perform pg_notify('fusionauth_sessions', '');
  end if;
  return jsonb_build_object('added', added, 'deliveries', to_jsonb(new_deliveries));
end $$;

-- Claims a plan as a whole, or answers its collisions. Operations of one user come one after the other here.
create function claim_1(plan jsonb) returns jsonb language plpgsql set search_path from current as $$
declare
  me uuid := plan->>'holder';
  my_rule text := plan->>'rule';
  ends uuid[] := array(select (e->>'id')::uuid from jsonb_array_elements(plan->'ends') e);
  keeps uuid[] := array(select value::uuid from jsonb_array_elements_text(plan->'keeps'));
  at timestamptz := clock_timestamp();
  held uuid[];
  blocking uuid[] := '{}';
  doubtful uuid[] := '{}';
  stale_at bigint;
begin
  perform pg_advisory_xact_lock(hashtextextended('claims ' || (plan->>'userId'), 0));
  held := array(select distinct c.session_id from session_claim c
    where c.session_id = any (ends) and c.role = 'hold' and c.holder <> me and c.busy_until > at);
  if my_rule <> 'unconditional' then
    blocking := array(select distinct c.session_id from session_claim c
      where c.session_id = any (keeps) and c.role = 'end' and c.holder <> me and c.busy_until > at
        and (my_rule = 'byChoice' or c.rule = 'byChoice'));
    doubtful := array(select distinct c.session_id from session_claim c
      where c.session_id = any (keeps) and c.role = 'end' and c.holder <> me
        and c.busy_until <= at and c.doubt_until > at);
    select max(e.position) into stale_at from ending e
      where e.session_id = any (keeps) and e.position > (plan->>'lookedAt')::bigint
        and (my_rule = 'byChoice' or e.by_choice);
  end if;
  if cardinality(held) + cardinality(blocking) + cardinality(doubtful) > 0 or stale_at is not null then
    return jsonb_build_object('held', to_jsonb(held), 'blocking', to_jsonb(blocking),
      'doubtful', to_jsonb(doubtful), 'staleAt', stale_at);
  end if;
  delete from session_claim c where c.holder = me;
  insert into session_claim (session_id, holder, role, rule, user_id, application_id, tenant_id, replaced_by_session_id,
    reason, actor_kind, actor_user_id, actor_name, comment, request_id, busy_until, doubt_until, look_at)
  select s.id, me, s.role, my_rule, (plan->>'userId')::uuid, s."applicationId", s."tenantId", s."replacedBySessionId",
    plan->>'reason', plan->>'actorKind', (plan->>'actorUserId')::uuid, plan->>'actorName', plan->>'comment',
    plan->>'requestId', at + (plan->>'busyMs')::int * interval '1 ms',
    at + ((plan->>'busyMs')::int + (plan->>'doubtMs')::int) * interval '1 ms',
    at + (plan->>'busyMs')::int * interval '1 ms'
  from (
    select e.id, 'end' as role, e."applicationId", e."tenantId", e."replacedBySessionId"
    from jsonb_to_recordset(plan->'ends')
      as e(id uuid, "applicationId" uuid, "tenantId" uuid, "replacedBySessionId" uuid)
    union all
    select k, 'hold', null, null, null from unnest(keeps) k where my_rule = 'byChoice'
  ) s;
  return null;
end $$;

-- Begins a new epoch, because published events may be lost. Of several replicas that notice it, the first one does.
create function begin_epoch_1(seen bigint, at timestamptz) returns void language sql set search_path from current as $$
  update log_head set epoch = random_epoch(), fingerprint = server_fingerprint(),
    complete_since = greatest(complete_since, at)
  where epoch = seen
$$;

-- Down Migration
