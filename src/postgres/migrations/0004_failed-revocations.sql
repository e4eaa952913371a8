-- Up Migration

-- Endings and failed revocations are numbered together, in the order in which they were recorded.
alter table log_head
  add column history_number bigint not null default 0,
  -- Nothing that was recorded before this instant is in the history.
  add column history_since timestamptz not null default now();
update log_head set history_number = position;
alter table ending
  add column history_number bigint,
  add column outcome text not null default 'revoked';
update ending set history_number = position;
alter table ending alter column history_number set not null;

drop index ending_position, ending_user, ending_actor;
create index ending_history on ending (history_number desc);
create index ending_user on ending (user_id, history_number desc);
create index ending_application on ending (application_id, history_number desc);
create index ending_actor on ending (actor_name, history_number desc) where actor_name is not null;
create index ending_actor_user on ending (actor_user_id, history_number desc) where actor_user_id is not null;
create index ending_request on ending (request_id) where request_id is not null;

-- Revocations after which the session may live.
create table failed_revocation (
  history_number bigint primary key,
  session_id uuid not null,
  user_id uuid not null,
  application_id uuid,
  tenant_id uuid,
  reason text not null,
  recorded_at timestamptz not null,
  actor_kind text not null,
  actor_user_id uuid,
  actor_name text not null,
  comment text,
  request_id text not null
);
create index failed_revocation_user on failed_revocation (user_id, history_number desc);
create index failed_revocation_session on failed_revocation (session_id);
create index failed_revocation_recorded_at on failed_revocation (recorded_at);
create index failed_revocation_request on failed_revocation (request_id);

create view history as
  select history_number, outcome, session_id, user_id, application_id, tenant_id, reason, ended_at,
    replaced_by_session_id, recorded_at, actor_kind, actor_user_id, actor_name, comment, request_id
  from ending
  union all
  select history_number, 'failed'::text, session_id, user_id, application_id, tenant_id, reason, null::timestamptz,
    null::uuid, recorded_at, actor_kind, actor_user_id, actor_name, comment, request_id
  from failed_revocation;

create function record_failed_1(failures jsonb, recorded timestamptz)
returns void language plpgsql set search_path from current as $$
declare
  history bigint;
begin
  select h.history_number into strict history from log_head h for update;
  insert into failed_revocation (history_number, session_id, user_id, application_id, tenant_id, reason, recorded_at,
    actor_kind, actor_user_id, actor_name, comment, request_id)
  select history + row_number() over (), f."sessionId", f."userId", f."applicationId", f."tenantId", f.reason, recorded,
    f."actorKind", f."actorUserId", f."actorName", f.comment, f."requestId"
  from jsonb_to_recordset(failures) as f("sessionId" uuid, "userId" uuid, "applicationId" uuid, "tenantId" uuid,
    reason text, "actorKind" text, "actorUserId" uuid, "actorName" text, comment text, "requestId" text);
  update log_head h set history_number = history + jsonb_array_length(failures);
end $$;

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
      comment text, "requestId" text)
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
      actor_kind, actor_user_id, actor_name, comment, request_id, outcome, history_number)
    select "sessionId", "userId", "applicationId", "tenantId", "endedAt", reason, replaced_by,
      "accessTokensExpireBy", "tokensExpireBy", by_choice, position, recorded,
      actor_kind, actor_user_id, actor_name, comment, request_id, outcome, history + position - head from fresh where "isEnding"
    on conflict (session_id) do update set user_id = excluded.user_id, application_id = excluded.application_id,
      tenant_id = excluded.tenant_id, ended_at = excluded.ended_at, reason = excluded.reason,
      replaced_by_session_id = excluded.replaced_by_session_id,
      access_tokens_expire_by = excluded.access_tokens_expire_by, tokens_expire_by = excluded.tokens_expire_by,
      by_choice = excluded.by_choice, position = excluded.position, recorded_at = excluded.recorded_at,
      actor_kind = excluded.actor_kind, actor_user_id = excluded.actor_user_id, actor_name = excluded.actor_name,
      comment = excluded.comment, request_id = excluded.request_id, outcome = excluded.outcome,
      history_number = excluded.history_number
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

-- Down Migration
