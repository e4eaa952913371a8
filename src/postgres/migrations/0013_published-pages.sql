-- Up Migration

-- Publishes as publish_1 does, and reads the log after a position in the same step, unless that is null: whoever
-- publishes follows the log as well, and needs no further statement to read back what it has added.
create function publish_2(entries jsonb, deliveries jsonb, recorded timestamptz, after bigint, at_most int)
returns table (published jsonb, "position" bigint, epoch bigint, id_key bytea, known_fingerprint text, fingerprint text,
  complete_since timestamptz, erasures bigint, is_read_only boolean, at timestamptz, last json, events json)
language plpgsql set search_path from current as $$
begin
  published := publish_1(entries, deliveries, recorded);
  if after is null then
    return next;
  else
    return query select published, r.* from read_after_1(after, at_most) r;
  end if;
end $$;

-- Down Migration
