-- Experiments and runs are deleted softly (deleted_at) and purged later; the metric history is packed.

ALTER TABLE tracker.experiments
  ADD COLUMN deleted_at timestamptz,
  ADD COLUMN updated_at timestamptz NOT NULL DEFAULT now(),
  -- Empty: the platform's own store, mlflow-artifacts:/<id as the outside has it>.
  ADD COLUMN artifact_location text NOT NULL DEFAULT '' CHECK (octet_length(artifact_location) <= 2000);
UPDATE tracker.experiments SET updated_at = created_at;

CREATE TABLE tracker.experiment_tags (
  experiment_id bigint NOT NULL REFERENCES tracker.experiments (id) ON DELETE CASCADE,
  key           text COLLATE "C" NOT NULL,
  value         text NOT NULL,
  PRIMARY KEY (experiment_id, key)
);

ALTER TABLE tracker.runs
  ADD COLUMN deleted_at              timestamptz,
  ADD COLUMN user_name               text NOT NULL DEFAULT '',
  ADD COLUMN status_reason           text NOT NULL DEFAULT '',
  ADD COLUMN heartbeat_grace_seconds integer CHECK (heartbeat_grace_seconds > 0),  -- null: the run does not beat
  ADD COLUMN lost_after              timestamptz;                                  -- moved on by each heartbeat
UPDATE tracker.runs SET user_name = created_by;
CREATE INDEX runs_that_beat ON tracker.runs (lost_after) WHERE heartbeat_grace_seconds IS NOT NULL AND status = 'running';
CREATE INDEX tags_of_parents ON tracker.tags (value) WHERE key = 'mlflow.parentRunId';

-- Every metric key ever logged. Rows are never changed nor deleted (also not when all else is emptied): programs keep them in memory.
CREATE TABLE tracker.metric_keys (
  id  integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  key text COLLATE "C" NOT NULL UNIQUE
);
INSERT INTO tracker.metric_keys (key) SELECT DISTINCT key FROM tracker.metrics ORDER BY key;

-- What was acknowledged and not folded yet: a row for each run of each group commit, many keys packed into one value
-- (storage/metric_points.h). Folding moves it into metric_chunks and latest_metrics, under the advisory lock of SettleMetrics
-- (storage/settle_metrics.h). Whoever filters or orders by latest_metrics calls SettleMetrics before.
CREATE TABLE tracker.metric_log (
  id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  run_number  bigint NOT NULL,
  point_count integer NOT NULL,
  points      bytea NOT NULL
) WITH (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 5000, autovacuum_vacuum_cost_delay = 0);
ALTER TABLE tracker.metric_log ALTER COLUMN points SET STORAGE EXTERNAL;
CREATE INDEX metric_log_of_run ON tracker.metric_log (run_number);

-- The history: append-only chunks of one metric of one run, each sorted by step, time and value. Chunks may overlap and a
-- client's retry may be in two of them: readers sort and leave out exact duplicates. No foreign keys: only folding writes
-- here, for runs that it holds.
CREATE TABLE tracker.metric_chunks (
  run_number  bigint NOT NULL,
  key_id      integer NOT NULL,
  point_count integer NOT NULL,
  first_step  bigint NOT NULL,
  last_step   bigint NOT NULL,
  points      bytea NOT NULL
) PARTITION BY HASH (run_number);
DO $$
BEGIN
  FOR i IN 0..15 LOOP
    EXECUTE format('CREATE TABLE tracker.metric_chunks_%s PARTITION OF tracker.metric_chunks FOR VALUES WITH (MODULUS 16, REMAINDER %s)', i, i);
    EXECUTE format('ALTER TABLE tracker.metric_chunks_%s ALTER COLUMN points SET STORAGE EXTERNAL', i);
  END LOOP;
END $$;
CREATE INDEX metric_chunks_of_run ON tracker.metric_chunks (run_number, key_id);
INSERT INTO tracker.metric_chunks (run_number, key_id, point_count, first_step, last_step, points)
SELECT m.run_number, k.id, count(*), min(m.step), max(m.step),
       '\x00'::bytea || string_agg(int8send(m.step) || int8send(m.timestamp_ms) || float8send(m.value), ''::bytea ORDER BY m.step, m.timestamp_ms, m.value)
  FROM tracker.metrics m JOIN tracker.metric_keys k USING (key)
 GROUP BY m.run_number, k.id;

-- The latest point of each metric of each run (highest step, then time, then value with NaN on top), and the extremes of all its
-- points, NaN left out (null when all are NaN). experiment_id never changes; with it and key_id one index can walk the runs of an experiment in the
-- order of one metric. Deleted runs stay here: their lifecycle is in runs.
ALTER TABLE tracker.latest_metrics RENAME TO latest_metrics_by_name;
CREATE TABLE tracker.latest_metrics (
  run_number    bigint NOT NULL,
  experiment_id bigint NOT NULL,
  key_id        integer NOT NULL,
  value         double precision NOT NULL,
  step          bigint NOT NULL,
  timestamp_ms  bigint NOT NULL,
  min_value     double precision,
  max_value     double precision
) WITH (fillfactor = 80);
INSERT INTO tracker.latest_metrics (run_number, experiment_id, key_id, value, step, timestamp_ms, min_value, max_value)
SELECT l.run_number, r.experiment_id, k.id, l.value, l.step, l.timestamp_ms,
       (SELECT min(m.value) FROM tracker.metrics m WHERE m.run_number = l.run_number AND m.key = l.key AND m.value <> 'NaN'),
       (SELECT max(m.value) FROM tracker.metrics m WHERE m.run_number = l.run_number AND m.key = l.key AND m.value <> 'NaN')
  FROM tracker.latest_metrics_by_name l
  JOIN tracker.runs r ON r.number = l.run_number
  JOIN tracker.metric_keys k ON k.key = l.key;
DROP TABLE tracker.latest_metrics_by_name;
DROP TABLE tracker.metrics;
ALTER TABLE tracker.latest_metrics ADD PRIMARY KEY (run_number, key_id);
