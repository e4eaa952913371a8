-- Up Migration

-- Each filter of the history has an index, so that rare entries are found among a million.
create index ending_reason on ending (reason, history_number desc);
-- Nearly all entries have the outcome 'revoked', which is found among the newest ones.
create index ending_outcome on ending (outcome, history_number desc) where outcome <> 'revoked';
create index failed_revocation_application on failed_revocation (application_id, history_number desc);
create index failed_revocation_actor on failed_revocation (actor_name, history_number desc);
create index failed_revocation_actor_user on failed_revocation (actor_user_id, history_number desc)
  where actor_user_id is not null;
create index failed_revocation_reason on failed_revocation (reason, history_number desc);

-- Down Migration
