-- Each time a model was measured on rows: the more often a test set was looked at, the less its figure is worth. Neither the
-- run's deletion nor anything else takes a look back.
CREATE TABLE tracker.test_looks (
  id                 bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  workspace_id       bigint NOT NULL,
  dataset_version_id bigint NOT NULL REFERENCES tracker.dataset_versions (id),
  split              text NOT NULL,
  number             integer NOT NULL,
  run_id             text COLLATE "C" NOT NULL,
  subject            text NOT NULL,
  metrics            jsonb NOT NULL,
  actor              text NOT NULL,
  pipeline_run_id    text COLLATE "C" NOT NULL,
  request_id         text COLLATE "C",
  at                 timestamptz NOT NULL DEFAULT now(),
  UNIQUE (dataset_version_id, split, number),
  UNIQUE (workspace_id, request_id)
);
CREATE INDEX test_looks_of_workspace ON tracker.test_looks (workspace_id, id DESC);
CREATE INDEX test_looks_of_run ON tracker.test_looks (workspace_id, run_id, id DESC);

CREATE FUNCTION tracker.refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION '%.% is append-only', TG_TABLE_SCHEMA, TG_TABLE_NAME;
END
$$;
CREATE TRIGGER test_looks_append_only BEFORE UPDATE OR DELETE ON tracker.test_looks
  FOR EACH ROW EXECUTE FUNCTION tracker.refuse_change();
