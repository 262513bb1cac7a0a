CREATE TABLE scheduler.studies (
  id text PRIMARY KEY,
  workspace_id bigint NOT NULL,
  pipeline_run_id text NOT NULL REFERENCES scheduler.pipeline_runs ON DELETE CASCADE,
  step_id text NOT NULL,
  name text NOT NULL,
  metric text NOT NULL,
  maximize boolean NOT NULL,
  sampler text NOT NULL,
  seed bigint NOT NULL,
  max_trials integer NOT NULL,
  parallel integer NOT NULL,
  space jsonb NOT NULL,
  task_kind text NOT NULL,
  task_spec jsonb NOT NULL,
  max_attempts integer NOT NULL,
  state text NOT NULL CHECK (state IN ('running', 'succeeded', 'failed', 'cancelled')),
  created_at timestamptz NOT NULL,
  ended_at timestamptz,
  UNIQUE (pipeline_run_id, step_id)
);
CREATE INDEX studies_newest ON scheduler.studies (workspace_id, created_at DESC, id DESC);

CREATE TABLE scheduler.trials (
  study_id text NOT NULL REFERENCES scheduler.studies ON DELETE CASCADE,
  number integer NOT NULL CHECK (number >= 0),
  state text NOT NULL CHECK (state IN ('waiting', 'running', 'complete', 'pruned', 'failed')),
  attempt integer NOT NULL DEFAULT 0,
  params jsonb NOT NULL,
  value double precision,
  run_id text NOT NULL DEFAULT '',
  error text NOT NULL DEFAULT '',
  started_at timestamptz,
  ended_at timestamptz,
  PRIMARY KEY (study_id, number),
  CHECK ((state = 'complete') = (value IS NOT NULL))
);

CREATE TABLE scheduler.trial_values (
  study_id text NOT NULL,
  number integer NOT NULL,
  step bigint NOT NULL,
  value double precision NOT NULL,
  PRIMARY KEY (study_id, number, step),
  FOREIGN KEY (study_id, number) REFERENCES scheduler.trials ON DELETE CASCADE
);

-- The hot queue: only tasks that are still to be done. A finished one moves to task_history in the transaction that finishes it.
CREATE TABLE scheduler.tasks (
  id text PRIMARY KEY,
  seq bigint GENERATED ALWAYS AS IDENTITY,
  workspace_id bigint NOT NULL,
  kind text NOT NULL,
  spec jsonb NOT NULL,
  pipeline_run_id text NOT NULL REFERENCES scheduler.pipeline_runs ON DELETE CASCADE,
  step_id text NOT NULL,
  study_id text,
  trial_number integer,
  metric text NOT NULL DEFAULT '',
  state text NOT NULL DEFAULT 'waiting' CHECK (state IN ('waiting', 'running')),
  attempt integer NOT NULL DEFAULT 0,
  lost integer NOT NULL DEFAULT 0,
  max_attempts integer NOT NULL,
  run_at timestamptz NOT NULL,
  lease_owner text NOT NULL DEFAULT '',
  lease_until timestamptz,
  is_cancelled boolean NOT NULL DEFAULT false,
  created_at timestamptz NOT NULL,
  FOREIGN KEY (study_id, trial_number) REFERENCES scheduler.trials ON DELETE CASCADE,
  CHECK ((state = 'running') = (lease_until IS NOT NULL))
) WITH (fillfactor = 70, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 100);
CREATE INDEX tasks_waiting ON scheduler.tasks (workspace_id, seq) WHERE state = 'waiting';
CREATE INDEX tasks_leases ON scheduler.tasks (lease_until) WHERE state = 'running';
CREATE INDEX tasks_of_run ON scheduler.tasks (pipeline_run_id);
-- A step has one live task, a trial too: a second one is a bug that the database refuses.
CREATE UNIQUE INDEX tasks_of_step ON scheduler.tasks (pipeline_run_id, step_id) WHERE study_id IS NULL;
CREATE UNIQUE INDEX tasks_of_trial ON scheduler.tasks (study_id, trial_number) WHERE study_id IS NOT NULL;

CREATE TABLE scheduler.task_history (
  id text PRIMARY KEY,
  workspace_id bigint NOT NULL,
  kind text NOT NULL,
  spec jsonb NOT NULL,
  pipeline_run_id text NOT NULL REFERENCES scheduler.pipeline_runs ON DELETE CASCADE,
  step_id text NOT NULL,
  study_id text,
  trial_number integer,
  attempt integer NOT NULL,
  lost integer NOT NULL,
  lease_owner text NOT NULL,
  outcome text NOT NULL CHECK (outcome IN ('succeeded', 'failed', 'cancelled')),
  -- The attempt whose own call ended the task; empty when the reaper or a cancellation did.
  ended_by_attempt integer,
  outputs jsonb,
  error text NOT NULL,
  created_at timestamptz NOT NULL,
  ended_at timestamptz NOT NULL
);
CREATE INDEX task_history_of_run ON scheduler.task_history (pipeline_run_id);
CREATE INDEX task_history_age ON scheduler.task_history (ended_at);
