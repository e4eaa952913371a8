-- Up Migration

-- The device of the session: its name, description and type, so that people recognise it once the session is gone.
alter table event add column device jsonb;
alter table ending add column device jsonb;
alter table failed_revocation add column device jsonb;

create or replace view history as
  select history_number, outcome, session_id, user_id, application_id, tenant_id, reason, ended_at,
    replaced_by_session_id, recorded_at, actor_kind, actor_user_id, actor_name, comment, request_id, policy, device
  from ending
  union all
  select history_number, 'failed'::text, session_id, user_id, application_id, tenant_id, reason, null::timestamptz,
    null::uuid, recorded_at, actor_kind, actor_user_id, actor_name, comment, request_id, null::jsonb, device
  from failed_revocation;

create or replace function record_failed_1(failures jsonb, recorded timestamptz)
returns void language plpgsql set search_path from current as $$
declare
  history bigint;
begin
  select h.history_number into strict history from log_head h for update;
  insert into failed_revocation (history_number, session_id, user_id, application_id, tenant_id, reason, recorded_at,
    actor_kind, actor_user_id, actor_name, comment, request_id, device)
  select history + row_number() over (), f."sessionId", f."userId", f."applicationId", f."tenantId", f.reason, recorded,
    f."actorKind", f."actorUserId", f."actorName", f.comment, f."requestId", f.device
  from jsonb_to_recordset(failures) as f("sessionId" uuid, "userId" uuid, "applicationId" uuid, "tenantId" uuid,
    reason text, "actorKind" text, "actorUserId" uuid, "actorName" text, comment text, "requestId" text, device jsonb);
  update log_head h set history_number = history + jsonb_array_length(failures);
end $$;

-- Erases a user, and answers how many rows of each kind went, how many have to stay, and until when. Events keep their
-- places in the log under ids that stand for nobody, because readers count on dense positions.
create or replace function erase_user_1(erased uuid, at timestamptz) returns jsonb language plpgsql set search_path from current as $$
declare
  events bigint;
  entries bigint;
  more bigint;
  needed bigint;
  needed_until timestamptz;
  nobody uuid := gen_random_uuid();
begin
  perform from log_head h for update;
  with changed as (
    update event e set user_id = nobody, session_id = case when e.session_id is null then null else gen_random_uuid() end,
      device = null
    where e.user_id = erased and (e.refuse_until is null or e.refuse_until < at) returning 1
  ) select count(*) into events from changed;
  with gone as (delete from ending e where e.user_id = erased and e.tokens_expire_by < at returning 1)
  select count(*) into entries from gone;
  with gone as (delete from failed_revocation f where f.user_id = erased returning 1)
  select count(*) into more from gone;
  entries := entries + more;
  -- What the user did to sessions of others stays, without saying who it was.
  update ending e set actor_user_id = null, actor_name = 'erased' where e.actor_user_id = erased;
  update failed_revocation f set actor_user_id = null, actor_name = 'erased' where f.actor_user_id = erased;
  delete from session_claim c where c.user_id = erased and c.doubt_until < clock_timestamp();
  update session_claim c set actor_user_id = null, actor_name = 'erased' where c.actor_user_id = erased;
  delete from policy_job j where j.user_id = erased;
  delete from sign_in_reservation r where r.user_id = erased;
  select count(*), max(until) into needed, needed_until from (
    select e.refuse_until as until from event e where e.user_id = erased
    union all select e.tokens_expire_by from ending e where e.user_id = erased
    union all select c.doubt_until from session_claim c where c.user_id = erased
  ) rest;
  if needed > 0 then
    insert into erasure (user_id) values (erased) on conflict do nothing;
  else
    delete from erasure r where r.user_id = erased;
  end if;
  if events > 0 then
    update log_head h set erasures = h.erasures + 1;
    perform pg_notify('fusionauth_sessions', '');
  end if;
  return jsonb_build_object('events', events, 'entries', entries, 'needed', needed, 'neededUntil', needed_until);
end $$;

-- Publishes entries in one step: claims deliveries and endings, and adds new ones. An ending that FusionAuth reports, or
-- that an operation finds, is attributed to the (other) operation that claimed it first. Where none did, the operation
-- whose revocation FusionAuth has carried out completes the record. No session and no delivery may occur twice in
-- a call.
create or replace function publish_1(entries jsonb, deliveries jsonb, recorded timestamptz)
returns jsonb language plpgsql set search_path from current set plan_cache_mode = force_generic_plan as $$
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
      comment text, "requestId" text, policy jsonb, device jsonb)
    where e.delivery is null or e.delivery = any (new_deliveries)
  ), attributed as materialized (
    select e.ordinal, e.type, e."tenantId", e."userId", e."applicationId", e."sessionId", e."occurredAt",
      e."issuedBefore", e."refuseUntil", e."isEnding", e."endedAt", e."accessTokensExpireBy", e."tokensExpireBy", e.device,
      case when c.session_id is null then coalesce(e.outcome, 'revoked') else 'revoked' end as outcome,
      coalesce(mine.rule, '') = 'byChoice' as by_choice,
      not e."isReported" and coalesce(e.outcome, 'revoked') = 'revoked' as is_own_deed,
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
        and (e."isReported" or s.request_id <> e."requestId")
      order by s.claimed_at, s.holder limit 1
    ) c on e."isReported" or (e."isEnding" and e.outcome = 'alreadyEnded')
  ), fresh as materialized (
    select a.*, head + row_number() over (order by a.ordinal) as position from attributed a
    where not a."isEnding" or not exists (
      select from ending known where known.session_id = a."sessionId" and known.tokens_expire_by >= a."endedAt")
  ), add_events as (
    insert into event (position, type, tenant_id, user_id, application_id, session_id, reason, occurred_at, recorded_at,
      issued_before, refuse_until, policy, device)
    select position, type, "tenantId", "userId", "applicationId", "sessionId", reason, "occurredAt", recorded,
      "issuedBefore", "refuseUntil", policy, device from fresh
  ), add_endings as (
    insert into ending (session_id, user_id, application_id, tenant_id, ended_at, reason, replaced_by_session_id,
      access_tokens_expire_by, tokens_expire_by, by_choice, position, recorded_at,
      actor_kind, actor_user_id, actor_name, comment, request_id, outcome, history_number, policy, device)
    select "sessionId", "userId", "applicationId", "tenantId", "endedAt", reason, replaced_by,
      "accessTokensExpireBy", "tokensExpireBy", by_choice, position, recorded,
      actor_kind, actor_user_id, actor_name, comment, request_id, outcome, history + position - head,
      policy, device from fresh where "isEnding"
    on conflict (session_id) do update set user_id = excluded.user_id, application_id = excluded.application_id,
      tenant_id = excluded.tenant_id, ended_at = excluded.ended_at, reason = excluded.reason,
      replaced_by_session_id = excluded.replaced_by_session_id,
      access_tokens_expire_by = excluded.access_tokens_expire_by, tokens_expire_by = excluded.tokens_expire_by,
      by_choice = excluded.by_choice, position = excluded.position, recorded_at = excluded.recorded_at,
      actor_kind = excluded.actor_kind, actor_user_id = excluded.actor_user_id, actor_name = excluded.actor_name,
      comment = excluded.comment, request_id = excluded.request_id, outcome = excluded.outcome,
      history_number = excluded.history_number, policy = excluded.policy, device = excluded.device
  ), complete_endings as (
    update ending known set reason = a.reason, replaced_by_session_id = a.replaced_by, policy = a.policy,
      actor_kind = a.actor_kind, actor_user_id = a.actor_user_id, actor_name = a.actor_name, comment = a.comment,
      request_id = a.request_id, outcome = a.outcome, device = coalesce(a.device, known.device)
    from attributed a
    where a."isEnding" and a.is_own_deed and known.session_id = a."sessionId"
      and known.tokens_expire_by >= a."endedAt" and (known.actor_kind is null or known.outcome = 'alreadyEnded')
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

-- The head of the log together with the events after a position, of one moment.
create or replace function read_after_1(after bigint, at_most int)
returns table ("position" bigint, epoch bigint, id_key bytea, known_fingerprint text, fingerprint text,
  complete_since timestamptz, erasures bigint, is_read_only boolean, at timestamptz, last json, events json)
language plpgsql stable set search_path from current set plan_cache_mode = force_generic_plan as $$
#variable_conflict use_column
begin
  return query select h.position, h.epoch, h.id_key, h.fingerprint, server_fingerprint(), h.complete_since,
    h.erasures, current_setting('transaction_read_only') = 'on', clock_timestamp(),
    (select row_to_json(e) from (
      select position, type, tenant_id, user_id, application_id, session_id, reason, occurred_at, recorded_at,
        issued_before, refuse_until, policy, device
      from event where position = after) e),
    (select json_agg(e) from (
      select position, type, tenant_id, user_id, application_id, session_id, reason, occurred_at, recorded_at,
        issued_before, refuse_until, policy, device
      from event where position > after order by position limit at_most) e)
  from log_head h;
end $$;

-- Down Migration
