CREATE TABLE scheduler.pipelines (
  workspace_id bigint NOT NULL,
  name text NOT NULL,
  revision integer NOT NULL,
  updated_at timestamptz NOT NULL,
  PRIMARY KEY (workspace_id, name)
);

-- Every text a pipeline ever had; runs name the revision that they execute.
CREATE TABLE scheduler.pipeline_revisions (
  workspace_id bigint NOT NULL,
  name text NOT NULL,
  revision integer NOT NULL,
  definition text NOT NULL,
  created_by text NOT NULL,
  created_at timestamptz NOT NULL,
  PRIMARY KEY (workspace_id, name, revision),
  FOREIGN KEY (workspace_id, name) REFERENCES scheduler.pipelines
);

CREATE TABLE scheduler.pipeline_runs (
  id text PRIMARY KEY,
  workspace_id bigint NOT NULL,
  pipeline text NOT NULL,
  revision integer NOT NULL,
  state text NOT NULL CHECK (state IN ('running', 'succeeded', 'failed', 'cancelled')),
  parameters jsonb NOT NULL,
  outputs jsonb,
  error text NOT NULL DEFAULT '',
  trigger text NOT NULL,
  created_by text NOT NULL,
  request_id text,
  created_at timestamptz NOT NULL,
  ended_at timestamptz,
  FOREIGN KEY (workspace_id, pipeline, revision) REFERENCES scheduler.pipeline_revisions,
  CHECK ((state = 'running') = (ended_at IS NULL))
);
CREATE UNIQUE INDEX pipeline_runs_request ON scheduler.pipeline_runs (workspace_id, request_id);
CREATE INDEX pipeline_runs_newest ON scheduler.pipeline_runs (workspace_id, created_at DESC, id DESC);

CREATE TABLE scheduler.steps (
  pipeline_run_id text NOT NULL REFERENCES scheduler.pipeline_runs ON DELETE CASCADE,
  position integer NOT NULL,
  step_id text NOT NULL,
  title text NOT NULL,
  kind text NOT NULL,
  state text NOT NULL CHECK (state IN ('waiting', 'running', 'succeeded', 'failed', 'cancelled', 'skipped')),
  is_queued boolean NOT NULL DEFAULT false,
  attempt integer NOT NULL DEFAULT 0,
  worker text NOT NULL DEFAULT '',
  progress_done bigint NOT NULL DEFAULT 0,
  progress_total bigint NOT NULL DEFAULT 0,
  progress_unit text NOT NULL DEFAULT '',
  progress_message text NOT NULL DEFAULT '',
  outputs jsonb,
  error text NOT NULL DEFAULT '',
  started_at timestamptz,
  ended_at timestamptz,
  PRIMARY KEY (pipeline_run_id, step_id),
  UNIQUE (pipeline_run_id, position)
);
