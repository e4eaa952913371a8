-- Up Migration

-- People search endings, the newest first.
create index ending_position on ending (position desc);
create index ending_user on ending (user_id, position desc);
create index ending_actor on ending (actor_name, position desc) where actor_name is not null;

-- Down Migration
