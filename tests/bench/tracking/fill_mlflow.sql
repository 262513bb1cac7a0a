-- The same runs as fill_runs.sql, in the tables of MLflow's server.
--   psql URL -v runs=100000 -v params=20 -v metrics=20 -v experiment=bench -f fill_mlflow.sql
\set ON_ERROR_STOP on
BEGIN;
SELECT setseed(0.5);
INSERT INTO experiments (name, artifact_location, lifecycle_stage, creation_time, last_update_time)
VALUES (:'experiment', 'mlflow-artifacts:/bench', 'active', 1767225600000, 1767225600000) RETURNING experiment_id \gset

CREATE TEMPORARY TABLE filled ON COMMIT DROP AS
  SELECT i, md5(:'experiment' || i) AS run_uuid, 1767225600000 + i * 1000::bigint AS start_time FROM generate_series(1, :runs) i;
INSERT INTO runs (run_uuid, name, source_type, source_name, entry_point_name, user_id, status, start_time, end_time, source_version,
                  lifecycle_stage, artifact_uri, experiment_id)
SELECT run_uuid, 'run-' || i, 'LOCAL', 'train.py', '', 'bench', CASE WHEN i % 50 = 0 THEN 'FAILED' ELSE 'FINISHED' END, start_time,
       start_time + 300000, '', 'active', 'mlflow-artifacts:/bench/' || run_uuid || '/artifacts', :experiment_id
  FROM filled ORDER BY i;

INSERT INTO params (run_uuid, key, value)
SELECT run_uuid, 'param_' || k, CASE WHEN k = 0 THEN (random() / 10)::numeric(10, 6)::text ELSE 'choice_' || (i * 7919 + k) % (k * k + 1) END
  FROM filled, generate_series(0, :params - 1) k ORDER BY i, k;

INSERT INTO tags (run_uuid, key, value)
SELECT run_uuid, t.key, t.value
  FROM filled, LATERAL (VALUES ('mlflow.runName', 'run-' || i), ('mlflow.user', 'bench'), ('mlflow.source.name', 'train.py'), ('mlflow.source.type', 'LOCAL')) t (key, value)
 ORDER BY i, t.key;

CREATE TEMPORARY TABLE points ON COMMIT DROP AS
  SELECT i, run_uuid, start_time, k, CASE WHEN k = 19 THEN 1 ELSE power(random(), k + 1) END AS value
    FROM filled, generate_series(0, :metrics - 1) k ORDER BY i, k;
INSERT INTO metrics (run_uuid, key, value, timestamp, step, is_nan) SELECT run_uuid, 'metric_' || k, value, start_time, 0, false FROM points;
INSERT INTO latest_metrics (run_uuid, key, value, timestamp, step, is_nan) SELECT run_uuid, 'metric_' || k, value, start_time, 0, false FROM points;
COMMIT;
VACUUM ANALYZE;
