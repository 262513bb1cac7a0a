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
-- The points of a run in one row, as settling packs them (tracker/storage/metric_points.cc): all of them are first ones.
CREATE FUNCTION pg_temp.varint(n bigint) RETURNS bytea LANGUAGE plpgsql AS $$
DECLARE
  bytes bytea := '';
BEGIN
  WHILE n >= 128 LOOP
    bytes := bytes || set_byte('\x00', 0, (n & 127 | 128)::integer);
    n := n >> 7;
  END LOOP;
  RETURN bytes || set_byte('\x00', 0, n::integer);
END $$;
CREATE TEMPORARY TABLE heads ON COMMIT DROP AS
  SELECT id AS key_id, pg_temp.varint(id) || '\x010000' AS head FROM tracker.metric_keys;
INSERT INTO tracker.metric_chunks (run_number, key_id, point_count, first_step, last_step, points)
SELECT number, 0, count(*), 0, 0,
       pg_temp.varint(count(*)) || '\x00' || pg_temp.varint(2 * min(timestamp_ms)) ||
       string_agg(head || substr(v, 8, 1) || substr(v, 7, 1) || substr(v, 6, 1) || substr(v, 5, 1) || substr(v, 4, 1) || substr(v, 3, 1) ||
                  substr(v, 2, 1) || substr(v, 1, 1), '' ORDER BY key_id)
  FROM points JOIN heads USING (key_id), LATERAL (SELECT float8send(value) AS v) sent
 GROUP BY number
 ORDER BY number;
COMMIT;
VACUUM ANALYZE tracker.runs, tracker.params, tracker.tags, tracker.latest_metrics, tracker.metric_chunks;
