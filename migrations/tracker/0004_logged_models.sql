-- Logged models: what a run's log_model leaves behind, before anyone registers it.
CREATE TABLE tracker.logged_models (
  number            bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  model_id          text COLLATE "C" NOT NULL UNIQUE CHECK (model_id ~ '^m-[0-9a-f]{32}$'),
  workspace_id      bigint NOT NULL,
  experiment_id     bigint NOT NULL REFERENCES tracker.experiments (id) ON DELETE CASCADE,
  name              text NOT NULL,
  model_type        text NOT NULL,
  source_run_id     text COLLATE "C" NOT NULL,  -- as the client said it; empty when it said none
  artifact_location text NOT NULL,
  status            text NOT NULL CHECK (status IN ('unspecified', 'pending', 'ready', 'upload_failed')),
  created_at        timestamptz NOT NULL,
  updated_at        timestamptz NOT NULL,
  deleted_at        timestamptz
);
CREATE INDEX logged_models_of_experiment ON tracker.logged_models (experiment_id, number DESC);
CREATE INDEX logged_models_of_workspace ON tracker.logged_models (workspace_id, number DESC);
CREATE INDEX logged_models_of_run ON tracker.logged_models (source_run_id) WHERE source_run_id <> '';

CREATE TABLE tracker.logged_model_params (
  model_number bigint NOT NULL REFERENCES tracker.logged_models (number) ON DELETE CASCADE,
  key          text COLLATE "C" NOT NULL,
  value        text NOT NULL,
  PRIMARY KEY (model_number, key)
);
CREATE TABLE tracker.logged_model_tags (
  model_number bigint NOT NULL REFERENCES tracker.logged_models (number) ON DELETE CASCADE,
  key          text COLLATE "C" NOT NULL,
  value        text NOT NULL,
  PRIMARY KEY (model_number, key)
);
-- Points that a run logged about a model, beside the run's own history. The first value of a point stays, so a retry is safe.
CREATE TABLE tracker.logged_model_metrics (
  model_number   bigint NOT NULL REFERENCES tracker.logged_models (number) ON DELETE CASCADE,
  key            text COLLATE "C" NOT NULL,
  timestamp_ms   bigint NOT NULL,
  step           bigint NOT NULL,
  run_id         text COLLATE "C" NOT NULL,
  value          double precision NOT NULL,
  dataset_name   text NOT NULL,  -- empty: of no dataset in particular
  dataset_digest text NOT NULL,
  PRIMARY KEY (model_number, key, timestamp_ms, step, run_id)
);

-- What runs read. A dataset is one row per experiment, name and digest: the first description of it stays.
CREATE TABLE tracker.input_datasets (
  id            bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  experiment_id bigint NOT NULL REFERENCES tracker.experiments (id) ON DELETE CASCADE,
  name          text NOT NULL,
  digest        text NOT NULL,
  source_type   text NOT NULL,
  source        text NOT NULL,
  schema        text,
  profile       text,
  UNIQUE (experiment_id, name, digest)
);
CREATE TABLE tracker.run_datasets (
  run_number bigint NOT NULL REFERENCES tracker.runs (number) ON DELETE CASCADE,
  dataset_id bigint NOT NULL REFERENCES tracker.input_datasets (id) ON DELETE CASCADE,
  PRIMARY KEY (run_number, dataset_id)
);
CREATE INDEX run_datasets_of_dataset ON tracker.run_datasets (dataset_id);
CREATE TABLE tracker.run_dataset_tags (
  run_number bigint NOT NULL,
  dataset_id bigint NOT NULL,
  key        text COLLATE "C" NOT NULL,
  value      text NOT NULL,
  PRIMARY KEY (run_number, dataset_id, key),
  FOREIGN KEY (run_number, dataset_id) REFERENCES tracker.run_datasets (run_number, dataset_id) ON DELETE CASCADE
);

-- Which logged models a run read and wrote. Ids are the client's word.
CREATE TABLE tracker.run_model_inputs (
  run_number bigint NOT NULL REFERENCES tracker.runs (number) ON DELETE CASCADE,
  model_id   text COLLATE "C" NOT NULL,
  PRIMARY KEY (run_number, model_id)
);
CREATE INDEX run_model_inputs_of_model ON tracker.run_model_inputs (model_id);
CREATE TABLE tracker.run_model_outputs (
  run_number bigint NOT NULL REFERENCES tracker.runs (number) ON DELETE CASCADE,
  model_id   text COLLATE "C" NOT NULL,
  step       bigint NOT NULL,
  PRIMARY KEY (run_number, model_id)
);
CREATE INDEX run_model_outputs_of_model ON tracker.run_model_outputs (model_id);

-- Lengths are in characters, as clients count them.
ALTER TABLE tracker.experiments
  DROP CONSTRAINT experiments_name_check,
  ADD CONSTRAINT experiments_name_check CHECK (char_length(name) BETWEEN 1 AND 500),
  DROP CONSTRAINT experiments_artifact_location_check,
  ADD CONSTRAINT experiments_artifact_location_check CHECK (char_length(artifact_location) <= 2048);
