-- Experiments and runs. Every root row carries its workspace; nothing refers to another service's tables.

CREATE TABLE tracker.experiments (
  id           bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  workspace_id bigint NOT NULL,
  name         text NOT NULL CHECK (octet_length(name) BETWEEN 1 AND 500),
  is_default   boolean NOT NULL DEFAULT false,
  created_at   timestamptz NOT NULL DEFAULT now(),
  UNIQUE (workspace_id, name)
);
CREATE UNIQUE INDEX experiments_one_default ON tracker.experiments (workspace_id) WHERE is_default;

-- Runs have two names: run_id for the outside, number for the rows that hang on them and for paging.
CREATE TABLE tracker.runs (
  number        bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  run_id        text COLLATE "C" NOT NULL UNIQUE CHECK (run_id ~ '^[0-9a-f]{32}$'),
  workspace_id  bigint NOT NULL,
  experiment_id bigint NOT NULL REFERENCES tracker.experiments (id),
  name          text NOT NULL,
  status        text NOT NULL CHECK (status IN ('scheduled', 'running', 'finished', 'failed', 'killed')),
  started_at    timestamptz NOT NULL,
  ended_at      timestamptz,
  created_by    text NOT NULL,
  request_id    text,
  UNIQUE (workspace_id, request_id)
);
CREATE INDEX runs_of_workspace ON tracker.runs (workspace_id, number DESC);
CREATE INDEX runs_of_experiment ON tracker.runs (experiment_id, number DESC);

CREATE TABLE tracker.params (
  run_number bigint NOT NULL REFERENCES tracker.runs (number) ON DELETE CASCADE,
  key        text COLLATE "C" NOT NULL,
  value      text NOT NULL,
  PRIMARY KEY (run_number, key)
);

CREATE TABLE tracker.tags (
  run_number bigint NOT NULL REFERENCES tracker.runs (number) ON DELETE CASCADE,
  key        text COLLATE "C" NOT NULL,
  value      text NOT NULL,
  PRIMARY KEY (run_number, key)
);

-- The history: append-only, written with COPY, so it has no unique key and no foreign key to pay for on every point.
-- Exact duplicates (a client's retry) vanish on read.
CREATE TABLE tracker.metrics (
  run_number   bigint NOT NULL,
  key          text COLLATE "C" NOT NULL,
  step         bigint NOT NULL,
  timestamp_ms bigint NOT NULL,
  value        double precision NOT NULL
) PARTITION BY HASH (run_number);
DO $$
BEGIN
  FOR i IN 0..15 LOOP
    EXECUTE format('CREATE TABLE tracker.metrics_%s PARTITION OF tracker.metrics FOR VALUES WITH (MODULUS 16, REMAINDER %s)', i, i);
  END LOOP;
END $$;
CREATE INDEX metrics_by_step ON tracker.metrics (run_number, key, step, timestamp_ms);

-- The latest of each key: highest step, then time, then value.
CREATE TABLE tracker.latest_metrics (
  run_number   bigint NOT NULL REFERENCES tracker.runs (number) ON DELETE CASCADE,
  key          text COLLATE "C" NOT NULL,
  step         bigint NOT NULL,
  timestamp_ms bigint NOT NULL,
  value        double precision NOT NULL,
  PRIMARY KEY (run_number, key)
) WITH (fillfactor = 70);
