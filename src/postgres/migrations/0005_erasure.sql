-- Up Migration

-- Replicas that find another number here read their memory anew.
alter table log_head add column erasures bigint not null default 0;

-- Users of whom rows are still needed. Replicas go on erasing until none is left.
create table erasure (
  user_id uuid primary key,
  asked_at timestamptz not null default now()
);

-- Erases a user, and answers how many rows of each kind went, how many have to stay, and until when. Events keep their
-- places in the log under ids that stand for nobody, because readers count on dense positions.
create function erase_user_1(erased uuid, at timestamptz) returns jsonb language plpgsql set search_path from current as $$
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
    update event e set user_id = nobody, session_id = case when e.session_id is null then null else gen_random_uuid() end
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

-- Down Migration
