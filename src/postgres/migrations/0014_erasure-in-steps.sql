-- Up Migration

-- Whether events of the user were changed of which replicas have not been told yet.
alter table erasure add column is_changed boolean not null default false;

-- Erases a user as erase_user_1 does, and no more than so many rows of each kind at once, because a user can have a
-- million, and nothing is published meanwhile. Answers besides whether there is more to erase now.
create function erase_user_2(erased uuid, at timestamptz, at_most int)
returns jsonb language plpgsql set search_path from current
set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off set jit = off as $$
declare
  events bigint;
  entries bigint;
  failed bigint;
  acts bigint;
  failed_acts bigint;
  is_full boolean;
  is_changed boolean;
  needed bigint := 0;
  needed_until timestamptz;
  nobody uuid := gen_random_uuid();
begin
  perform from log_head h for update;
  with changed as (
    update event e set user_id = nobody, session_id = case when e.session_id is null then null else gen_random_uuid() end,
      device = null
    where e.position in (
      select one.position from event one
      where one.user_id = erased and (one.refuse_until is null or one.refuse_until < at) limit at_most) returning 1
  ) select count(*) into events from changed;
  with gone as (
    delete from ending e where e.session_id in (
      select one.session_id from ending one where one.user_id = erased and one.tokens_expire_by < at limit at_most)
    returning 1
  ) select count(*) into entries from gone;
  with gone as (
    delete from failed_revocation f where f.history_number in (
      select one.history_number from failed_revocation one where one.user_id = erased limit at_most) returning 1
  ) select count(*) into failed from gone;
  -- What the user did to sessions of others stays, without saying who it was.
  with changed as (
    update ending e set actor_user_id = null, actor_name = 'erased' where e.session_id in (
      select one.session_id from ending one where one.actor_user_id = erased limit at_most) returning 1
  ) select count(*) into acts from changed;
  with changed as (
    update failed_revocation f set actor_user_id = null, actor_name = 'erased' where f.history_number in (
      select one.history_number from failed_revocation one where one.actor_user_id = erased limit at_most) returning 1
  ) select count(*) into failed_acts from changed;
  delete from session_claim c where c.user_id = erased and c.doubt_until < clock_timestamp();
  update session_claim c set actor_user_id = null, actor_name = 'erased' where c.actor_user_id = erased;
  delete from policy_job j where j.user_id = erased;
  delete from sign_in_reservation r where r.user_id = erased;
  is_full := at_most <= greatest(events, entries, failed, acts, failed_acts);
  is_changed := events > 0 or exists (select from erasure r where r.user_id = erased and r.is_changed);
  if not is_full then
    select count(*), max(until) into needed, needed_until from (
      select e.refuse_until as until from event e where e.user_id = erased
      union all select e.tokens_expire_by from ending e where e.user_id = erased
      union all select c.doubt_until from session_claim c where c.user_id = erased
    ) rest;
    -- Replicas read their memory anew once, and not after each step.
    if is_changed then
      update log_head h set erasures = h.erasures + 1;
      perform pg_notify('fusionauth_sessions', '');
    end if;
  end if;
  if is_full or needed > 0 then
    insert into erasure as r (user_id, is_changed) values (erased, is_full and is_changed)
    on conflict (user_id) do update set is_changed = excluded.is_changed;
  else
    delete from erasure r where r.user_id = erased;
  end if;
  return jsonb_build_object('events', events, 'entries', entries + failed, 'needed', needed,
    'neededUntil', needed_until, 'isFull', is_full);
end $$;

-- Down Migration
