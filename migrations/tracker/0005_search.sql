-- What searches walk, and the few rows that a rare value has.

-- An experiment's runs, and a workspace's, newest first: the order of every search that names none.
CREATE INDEX runs_by_start ON tracker.runs (experiment_id, started_at DESC, run_id);
CREATE INDEX runs_by_start_of_workspace ON tracker.runs (workspace_id, started_at DESC, run_id);

-- The runs of an experiment in the order of one metric, and those on one side of a bound.
CREATE INDEX latest_metrics_by_value ON tracker.latest_metrics (experiment_id, key_id, value, run_number);
-- A filter on a metric is a probe of one run: with the value in the index it needs no second page.
ALTER TABLE tracker.latest_metrics DROP CONSTRAINT latest_metrics_pkey;
ALTER TABLE tracker.latest_metrics ADD CONSTRAINT latest_metrics_pkey PRIMARY KEY (run_number, key_id) INCLUDE (value);

-- The runs with one value of a param or tag. Equal entries are kept once with a list of their rows; long values share one.
CREATE INDEX params_by_value ON tracker.params (key, left(value, 64));
CREATE INDEX tags_by_value ON tracker.tags (key, left(value, 64));

CREATE INDEX logged_models_by_creation ON tracker.logged_models (experiment_id, created_at DESC, model_id);
