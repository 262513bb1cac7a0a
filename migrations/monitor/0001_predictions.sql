-- The prediction log: one partition a day (UTC), made ahead and on demand, dropped by retention.
CREATE TABLE monitor.predictions (
  prediction_id uuid NOT NULL,
  workspace_id  bigint NOT NULL,
  model         text COLLATE "C" NOT NULL,
  version       integer NOT NULL,
  revision      bigint NOT NULL,
  asset_id      text NOT NULL,
  event_time    timestamptz,
  at            timestamptz NOT NULL,
  latency_ms    float8 NOT NULL,
  outcome       text NOT NULL CHECK (outcome IN ('ok', 'not_finite', 'failed')),
  "values"      jsonb NOT NULL,  -- {head: number}
  error         text NOT NULL,
  PRIMARY KEY (prediction_id, at)
) PARTITION BY RANGE (at);
CREATE INDEX predictions_of_workspace ON monitor.predictions (workspace_id, at DESC, prediction_id DESC);
CREATE INDEX predictions_of_model ON monitor.predictions (workspace_id, model, at DESC, prediction_id DESC);

-- Makes the partition of a day unless it is there.
CREATE FUNCTION monitor.make_partition(day date) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  name text := 'predictions_' || to_char(day, 'YYYYMMDD');
BEGIN
  IF to_regclass('monitor.' || name) IS NOT NULL THEN RETURN; END IF;
  -- A table's lock, not an advisory one: taking it makes the session see the tables that others have made meanwhile.
  LOCK TABLE monitor.predictions IN SHARE UPDATE EXCLUSIVE MODE;
  IF to_regclass('monitor.' || name) IS NOT NULL THEN RETURN; END IF;
  EXECUTE format('CREATE TABLE monitor.%I PARTITION OF monitor.predictions FOR VALUES FROM (%L) TO (%L)',
                 name, day::text || ' 00:00:00+00', (day + 1)::text || ' 00:00:00+00');
END
$$;

-- Drops the partitions of days before `first_kept`; answers how many.
CREATE FUNCTION monitor.drop_partitions(first_kept date) RETURNS integer LANGUAGE plpgsql AS $$
DECLARE
  name text;
  dropped integer := 0;
BEGIN
  FOR name IN
    SELECT c.relname FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
     WHERE i.inhparent = 'monitor.predictions'::regclass
       AND c.relname < 'predictions_' || to_char(first_kept, 'YYYYMMDD')
     ORDER BY c.relname
  LOOP
    EXECUTE format('DROP TABLE monitor.%I', name);
    dropped := dropped + 1;
  END LOOP;
  RETURN dropped;
END
$$;

-- Truths that came later. A label may come before its prediction is logged.
CREATE TABLE monitor.labels (
  workspace_id  bigint NOT NULL,
  prediction_id uuid NOT NULL,
  head          text NOT NULL,  -- '': the primary one
  value         float8 NOT NULL,
  created_at    timestamptz NOT NULL,
  PRIMARY KEY (workspace_id, prediction_id, head)
);
CREATE INDEX labels_by_age ON monitor.labels (created_at);

-- Counts by version, kept in the transaction that logs or labels. They outlive the log's retention.
CREATE TABLE monitor.version_counts (
  workspace_id   bigint NOT NULL,
  model          text COLLATE "C" NOT NULL,
  version        integer NOT NULL,
  predictions    bigint NOT NULL DEFAULT 0,
  not_finite     bigint NOT NULL DEFAULT 0,
  failed         bigint NOT NULL DEFAULT 0,
  labelled       bigint NOT NULL DEFAULT 0,
  latency_ms_sum float8 NOT NULL DEFAULT 0,
  last_at        timestamptz NOT NULL,
  PRIMARY KEY (workspace_id, model, version)
);

-- What the hard guard found of each release, and how far it is with asking the registry.
CREATE TABLE monitor.releases (
  workspace_id  bigint NOT NULL,
  model         text COLLATE "C" NOT NULL,
  revision      bigint NOT NULL,
  version       integer NOT NULL,
  state         text NOT NULL DEFAULT 'watching'
    CHECK (state IN ('watching', 'passed', 'rollback_wanted', 'rolled_back', 'rollback_failed', 'superseded')),
  requests      bigint NOT NULL DEFAULT 0,  -- of the first ones, as long as it is watched
  not_finite    bigint NOT NULL DEFAULT 0,
  failed        bigint NOT NULL DEFAULT 0,
  first_at      timestamptz,
  last_at       timestamptz,
  examples      text[] NOT NULL DEFAULT '{}',  -- ids of bad predictions
  recent        bigint NOT NULL DEFAULT 0,  -- requests since a rollback failed, and the bad ones of them
  recent_bad    bigint NOT NULL DEFAULT 0,
  reason        text NOT NULL DEFAULT '',
  evidence      jsonb NOT NULL DEFAULT '{}',
  changed_at    timestamptz NOT NULL,
  next_attempt  timestamptz,
  PRIMARY KEY (workspace_id, model, revision)
);
CREATE INDEX releases_open ON monitor.releases (state) WHERE state IN ('watching', 'rollback_wanted', 'rollback_failed');
