-- Up Migration

-- Whatever the history is filtered by is found by an index, also what is rare among a million entries.
create index ending_reason on ending (reason, history_number desc);
-- Nearly all others were revoked, so that these are found among the newest.
create index ending_outcome on ending (outcome, history_number desc) where outcome <> 'revoked';
create index failed_revocation_application on failed_revocation (application_id, history_number desc);
create index failed_revocation_actor on failed_revocation (actor_name, history_number desc);
create index failed_revocation_actor_user on failed_revocation (actor_user_id, history_number desc)
  where actor_user_id is not null;
create index failed_revocation_reason on failed_revocation (reason, history_number desc);

-- Down Migration
