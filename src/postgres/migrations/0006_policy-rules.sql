-- Up Migration

-- The rule of a session policy by which a session ended, or would have: its name, the version of the policy, and for an
-- event about several sessions their ids.
alter table event add column policy jsonb;
alter table ending add column policy jsonb;
alter table session_claim add column policy jsonb;

create or replace view history as
  select history_number, outcome, session_id, user_id, application_id, tenant_id, reason, ended_at,
    replaced_by_session_id, recorded_at, actor_kind, actor_user_id, actor_name, comment, request_id, policy
  from ending
  union all
  select history_number, 'failed'::text, session_id, user_id, application_id, tenant_id, reason, null::timestamptz,
    null::uuid, recorded_at, actor_kind, actor_user_id, actor_name, comment, request_id, null::jsonb
  from failed_revocation;

-- Publishes entries in one step: claims deliveries and endings, and adds new ones. An ending is attributed to the
-- operation that claimed it first. No session and no delivery may occur twice in a call.
create or replace function publish_1(entries jsonb, deliveries jsonb, recorded timestamptz)
returns jsonb language plpgsql set search_path from current as $$
declare
  head bigint;
  history bigint;
  new_deliveries text[];
  added jsonb;
begin
  select h.position, h.history_number into strict head, history from log_head h for update;
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
      "tokensExpireBy" timestamptz, outcome text, "isReported" boolean, "actorKind" text, "actorUserId" uuid, "actorName" text,
      comment text, "requestId" text, policy jsonb)
    where e.delivery is null or e.delivery = any (new_deliveries)
  ), attributed as materialized (
    select e.ordinal, e.type, e."tenantId", e."userId", e."applicationId", e."sessionId", e."occurredAt",
      e."issuedBefore", e."refuseUntil", e."isEnding", e."endedAt", e."accessTokensExpireBy", e."tokensExpireBy",
      coalesce(e.outcome, 'revoked') as outcome,
      coalesce(mine.rule, '') = 'byChoice' as by_choice,
      case when c.session_id is null then e.reason else c.reason end as reason,
      case when c.session_id is null then e."replacedBySessionId" else c.replaced_by_session_id end as replaced_by,
      case when c.session_id is null then e."actorKind" else c.actor_kind end as actor_kind,
      case when c.session_id is null then e."actorUserId" else c.actor_user_id end as actor_user_id,
      case when c.session_id is null then e."actorName" else c.actor_name end as actor_name,
      case when c.session_id is null then e.comment else c.comment end as comment,
      case when c.session_id is null then e.policy else c.policy end as policy,
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
      issued_before, refuse_until, policy)
    select position, type, "tenantId", "userId", "applicationId", "sessionId", reason, "occurredAt", recorded,
      "issuedBefore", "refuseUntil", policy from fresh
  ), add_endings as (
    insert into ending (session_id, user_id, application_id, tenant_id, ended_at, reason, replaced_by_session_id,
      access_tokens_expire_by, tokens_expire_by, by_choice, position, recorded_at,
      actor_kind, actor_user_id, actor_name, comment, request_id, outcome, history_number, policy)
    select "sessionId", "userId", "applicationId", "tenantId", "endedAt", reason, replaced_by,
      "accessTokensExpireBy", "tokensExpireBy", by_choice, position, recorded,
      actor_kind, actor_user_id, actor_name, comment, request_id, outcome, history + position - head,
      policy from fresh where "isEnding"
    on conflict (session_id) do update set user_id = excluded.user_id, application_id = excluded.application_id,
      tenant_id = excluded.tenant_id, ended_at = excluded.ended_at, reason = excluded.reason,
      replaced_by_session_id = excluded.replaced_by_session_id,
      access_tokens_expire_by = excluded.access_tokens_expire_by, tokens_expire_by = excluded.tokens_expire_by,
      by_choice = excluded.by_choice, position = excluded.position, recorded_at = excluded.recorded_at,
      actor_kind = excluded.actor_kind, actor_user_id = excluded.actor_user_id, actor_name = excluded.actor_name,
      comment = excluded.comment, request_id = excluded.request_id, outcome = excluded.outcome,
      history_number = excluded.history_number, policy = excluded.policy
  ), settle_claims as (
    delete from session_claim c using attributed a
    where a."isEnding" and c.session_id = a."sessionId" and c.role = 'end'
  )
  select coalesce(jsonb_agg(jsonb_build_array(ordinal, position) order by position), '[]') into added from fresh;
  if jsonb_array_length(added) > 0 then
    update log_head h set position = head + jsonb_array_length(added),
      history_number = history + jsonb_array_length(added);
    perform pg_notify('fusionauth_sessions', '');
  end if;
  return jsonb_build_object('added', added, 'deliveries', to_jsonb(new_deliveries));
end $$;

-- Claims a plan as a whole, or answers its collisions. Operations of one user come one after the other here.
create or replace function claim_1(plan jsonb) returns jsonb language plpgsql set search_path from current as $$
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
    reason, actor_kind, actor_user_id, actor_name, comment, request_id, policy, busy_until, doubt_until, look_at)
  select s.id, me, s.role, my_rule, (plan->>'userId')::uuid, s."applicationId", s."tenantId", s."replacedBySessionId",
    plan->>'reason', plan->>'actorKind', (plan->>'actorUserId')::uuid, plan->>'actorName', plan->>'comment',
    plan->>'requestId', s.policy, at + (plan->>'busyMs')::int * interval '1 ms',
    at + ((plan->>'busyMs')::int + (plan->>'doubtMs')::int) * interval '1 ms',
    at + (plan->>'busyMs')::int * interval '1 ms'
  from (
    select e.id, 'end' as role, e."applicationId", e."tenantId", e."replacedBySessionId", e.policy
    from jsonb_to_recordset(plan->'ends')
      as e(id uuid, "applicationId" uuid, "tenantId" uuid, "replacedBySessionId" uuid, policy jsonb)
    union all
    select k, 'hold', null, null, null, null from unnest(keeps) k where my_rule = 'byChoice'
  ) s;
  return null;
end $$;

-- Down Migration
