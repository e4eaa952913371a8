-- Up Migration

-- The replica that asks FusionAuth whether the sessions of a user live, and the answer. A lost row costs another call.
create unlogged table confirmation (
  tenant text not null,
  user_id uuid not null,
  turn uuid not null,
  taken_at timestamptz not null,
  taken_until timestamptz not null,
  -- Only for the statement that takes a turn: the instant since which an answer would have sufficed.
  wanted_since timestamptz not null,
  confirmed_at timestamptz,
  is_active boolean,
  -- Pairs of a session and its application.
  sessions jsonb,
  primary key (tenant, user_id)
);
create index confirmation_taken on confirmation (taken_at);

-- Down Migration
