-- Fills a tracker's database with runs of one experiment, past the service: for measuring what reads them.
--   psql URL -v runs=100000 -v params=20 -v metrics=20 -v experiment=bench -f fill_runs.sql
-- Values are pseudo-random and the same each time. metric_0 is uniform in [0, 1), each next one more skewed towards 0, metric_19 is
-- constant; param_0 is a number, the others are categories of growing size.
\set ON_ERROR_STOP on
BEGIN;
SELECT setseed(0.5);
INSERT INTO tracker.experiments (workspace_id, name) VALUES (1, :'experiment') RETURNING id AS experiment_id \gset
INSERT INTO tracker.metric_keys (key) SELECT 'metric_' || k FROM generate_series(0, :metrics - 1) k ON CONFLICT DO NOTHING;

CREATE TEMPORARY TABLE filled ON COMMIT DROP AS
  WITH made AS (
    INSERT INTO tracker.runs (run_id, workspace_id, experiment_id, name, status, started_at, ended_at, created_by, user_name)
    SELECT md5(:'experiment' || i), 1, :experiment_id, 'run-' || i,
           CASE WHEN i % 50 = 0 THEN 'failed' ELSE 'finished' END,
           timestamptz '2026-01-01' + make_interval(secs => i), timestamptz '2026-01-01' + make_interval(secs => i + 300), 'bench', 'bench'
      FROM generate_series(1, :runs) i
    RETURNING number, name)
  SELECT number, name, row_number() OVER (ORDER BY number) AS i FROM made;

INSERT INTO tracker.params (run_number, key, value)
SELECT number, 'param_' || k,
       CASE WHEN k = 0 THEN (random() / 10)::numeric(10, 6)::text ELSE 'choice_' || (i * 7919 + k) % (k * k + 1) END
  FROM filled, generate_series(0, :params - 1) k
 ORDER BY number, k;

INSERT INTO tracker.tags (run_number, key, value)
SELECT number, t.key, t.value
  FROM filled, LATERAL (VALUES ('mlflow.runName', name), ('mlflow.user', 'bench'), ('mlflow.source.name', 'train.py'), ('mlflow.source.type', 'LOCAL')) t (key, value)
 ORDER BY number, t.key;

CREATE TEMPORARY TABLE points ON COMMIT DROP AS
  SELECT f.number, f.i, key.id AS key_id,
         CASE WHEN k = 19 THEN 1 ELSE power(random(), k + 1) END AS value,
         1767225600000 + f.i * 1000 AS timestamp_ms
    FROM filled f, generate_series(0, :metrics - 1) k JOIN tracker.metric_keys key ON key.key = 'metric_' || k
   ORDER BY f.number, key.id;
INSERT INTO tracker.latest_metrics (run_number, experiment_id, key_id, value, step, timestamp_ms, min_value, max_value)
SELECT number, :experiment_id, key_id, value, 0, timestamp_ms, value, value FROM points;
INSERT INTO tracker.metric_chunks (run_number, key_id, point_count, first_step, last_step, points)
SELECT number, key_id, 1, 0, 0, '\x00'::bytea || int8send(0) || int8send(timestamp_ms) || float8send(value) FROM points;
COMMIT;
VACUUM ANALYZE tracker.runs, tracker.params, tracker.tags, tracker.latest_metrics, tracker.metric_chunks;
