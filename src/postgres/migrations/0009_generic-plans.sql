-- Up Migration

-- Plans of these functions do not depend on their arguments, and making one takes as long as carrying it out.
alter function publish_1(jsonb, jsonb, timestamptz) set plan_cache_mode = force_generic_plan;
alter function claim_1(jsonb) set plan_cache_mode = force_generic_plan;

-- The head of the log together with the events after a position, of one moment.
create function read_after_1(after bigint, at_most int)
returns table ("position" bigint, epoch bigint, id_key bytea, known_fingerprint text, fingerprint text,
  complete_since timestamptz, erasures bigint, is_read_only boolean, at timestamptz, last json, events json)
language plpgsql stable set search_path from current set plan_cache_mode = force_generic_plan as $$
#variable_conflict use_column
begin
  return query select h.position, h.epoch, h.id_key, h.fingerprint, server_fingerprint(), h.complete_since,
    h.erasures, current_setting('transaction_read_only') = 'on', clock_timestamp(),
    (select row_to_json(e) from (
      select position, type, tenant_id, user_id, application_id, session_id, reason, occurred_at, recorded_at,
        issued_before, refuse_until, policy
      from event where position = after) e),
    (select json_agg(e) from (
      select position, type, tenant_id, user_id, application_id, session_id, reason, occurred_at, recorded_at,
        issued_before, refuse_until, policy
      from event where position > after order by position limit at_most) e)
  from log_head h;
end $$;

-- Down Migration
