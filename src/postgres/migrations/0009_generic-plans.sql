-- Up Migration

-- Their plans do not depend on what they are called with, and making one takes longer than carrying it out.
alter function publish_1(jsonb, jsonb, timestamptz) set plan_cache_mode = force_generic_plan;
alter function claim_1(jsonb) set plan_cache_mode = force_generic_plan;

-- Down Migration
