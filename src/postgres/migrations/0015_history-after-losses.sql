-- Up Migration

-- Begins a new epoch, because published events may be lost, and with them entries of the history. Of several replicas
-- that notice it, the first one does.
create or replace function begin_epoch_1(seen bigint, at timestamptz) returns void language sql set search_path from current as $$
  update log_head set epoch = random_epoch(), fingerprint = server_fingerprint(),
    complete_since = greatest(complete_since, at), history_since = greatest(history_since, at)
  where epoch = seen
$$;

-- Down Migration
