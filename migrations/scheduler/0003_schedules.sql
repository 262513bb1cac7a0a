CREATE TABLE scheduler.schedules (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  workspace_id bigint NOT NULL,
  name text NOT NULL,
  pipeline text NOT NULL,
  parameters jsonb NOT NULL,
  cron text NOT NULL,
  time_zone text NOT NULL,
  is_paused boolean NOT NULL DEFAULT false,
  next_at timestamptz,
  last_at timestamptz,
  last_pipeline_run_id text NOT NULL DEFAULT '',
  created_by text NOT NULL,
  created_at timestamptz NOT NULL,
  UNIQUE (workspace_id, name),
  FOREIGN KEY (workspace_id, pipeline) REFERENCES scheduler.pipelines
);
CREATE INDEX schedules_due ON scheduler.schedules (next_at) WHERE NOT is_paused AND next_at IS NOT NULL;

-- A tick happens once.
CREATE TABLE scheduler.schedule_ticks (
  schedule_id bigint NOT NULL REFERENCES scheduler.schedules ON DELETE CASCADE,
  instant timestamptz NOT NULL,
  pipeline_run_id text,
  -- Why there is no run: the one before was still active, or the pipeline refused the parameters.
  skipped text NOT NULL DEFAULT '',
  PRIMARY KEY (schedule_id, instant)
);
