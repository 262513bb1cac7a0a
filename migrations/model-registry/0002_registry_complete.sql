-- Names come and go (rename, deletion) and version numbers do not: the highest ever given under a name stays with the name.
CREATE TABLE registry.model_names (
  workspace_id bigint NOT NULL,
  name         text COLLATE "C" NOT NULL,
  last_version integer NOT NULL,
  PRIMARY KEY (workspace_id, name)
);
INSERT INTO registry.model_names (workspace_id, name, last_version) SELECT workspace_id, name, last_version FROM registry.models;

-- A deleted model keeps its row, its versions and its history; its name is free again.
ALTER TABLE registry.models
  ADD COLUMN updated_at timestamptz,
  ADD COLUMN deleted_at timestamptz,
  DROP CONSTRAINT models_workspace_id_name_key,
  DROP CONSTRAINT models_name_check,
  ADD CONSTRAINT models_name_check CHECK (char_length(name) BETWEEN 1 AND 256 AND name !~ '[/:]');
UPDATE registry.models SET updated_at = created_at;
ALTER TABLE registry.models ALTER COLUMN updated_at SET NOT NULL;
CREATE UNIQUE INDEX models_name ON registry.models (workspace_id, name) WHERE deleted_at IS NULL;
CREATE INDEX models_deleted ON registry.models (workspace_id, name, model_id DESC) WHERE deleted_at IS NOT NULL;

-- A version that an MLflow client registered has a source and maybe no files of a bundle of ours.
ALTER TABLE registry.model_versions
  ALTER COLUMN description DROP NOT NULL,
  ADD COLUMN source          text NOT NULL DEFAULT '',
  ADD COLUMN storage_uri     text NOT NULL DEFAULT '',  -- what `models:/…` stood for when the version was made
  ADD COLUMN run_link        text NOT NULL DEFAULT '',
  ADD COLUMN logged_model_id text NOT NULL DEFAULT '',
  ADD COLUMN card_text       text NOT NULL DEFAULT '',
  ADD COLUMN pin_owner       text NOT NULL DEFAULT '',  -- under which the tracker keeps its blobs
  ADD COLUMN moved_by        bigint,                    -- the promotion that put it into its stage
  ADD COLUMN updated_at      timestamptz,
  ADD COLUMN deleted_at      timestamptz;
UPDATE registry.model_versions SET updated_at = created_at;
UPDATE registry.model_versions v
   SET moved_by = (SELECT max(p.promotion_id) FROM registry.promotions p
                    WHERE p.model_id = v.model_id AND p.version = v.version AND p.kind <> 'refused' AND p.to_stage = v.stage);
ALTER TABLE registry.model_versions ALTER COLUMN updated_at SET NOT NULL;

-- Several versions may be in Production; the deployment's primary is one of them (storage/deployment_rows.h).
DROP INDEX registry.model_versions_one_in_production;
CREATE INDEX model_versions_stage ON registry.model_versions (model_id, stage, version DESC) WHERE deleted_at IS NULL;
CREATE INDEX model_versions_run ON registry.model_versions (run_id) WHERE deleted_at IS NULL;
CREATE INDEX model_versions_dataset ON registry.model_versions ((lineage ->> 'dataset_version_id')) WHERE deleted_at IS NULL;
CREATE INDEX model_versions_updated ON registry.model_versions (updated_at DESC) WHERE deleted_at IS NULL;

DROP TRIGGER model_versions_immutable ON registry.model_versions;
CREATE TRIGGER model_versions_immutable BEFORE UPDATE ON registry.model_versions
  FOR EACH ROW
  WHEN ((OLD.model_id, OLD.version, OLD.run_id, OLD.content_hash, OLD.files, OLD.lineage, OLD.created_by, OLD.created_at,
         OLD.request_id, OLD.source, OLD.storage_uri, OLD.run_link, OLD.logged_model_id, OLD.pin_owner)
        IS DISTINCT FROM
        (NEW.model_id, NEW.version, NEW.run_id, NEW.content_hash, NEW.files, NEW.lineage, NEW.created_by, NEW.created_at,
         NEW.request_id, NEW.source, NEW.storage_uri, NEW.run_link, NEW.logged_model_id, NEW.pin_owner))
  EXECUTE FUNCTION registry.refuse_change();
-- A deleted version stays deleted and as it was.
CREATE TRIGGER model_versions_deleted_stay BEFORE UPDATE ON registry.model_versions
  FOR EACH ROW WHEN (OLD.deleted_at IS NOT NULL) EXECUTE FUNCTION registry.refuse_change();

-- Blobs of deleted versions, until the tracker has been told that nobody here needs them any more.
CREATE TABLE registry.released_pins (
  owner        text PRIMARY KEY,
  workspace_id bigint NOT NULL
);

CREATE TABLE registry.model_tags (
  model_id bigint NOT NULL REFERENCES registry.models,
  key      text COLLATE "C" NOT NULL,
  value    text NOT NULL,
  PRIMARY KEY (model_id, key)
);
CREATE INDEX model_tags_key ON registry.model_tags (key, model_id);

CREATE TABLE registry.version_tags (
  model_id bigint NOT NULL,
  version  integer NOT NULL,
  key      text COLLATE "C" NOT NULL,
  value    text NOT NULL,
  PRIMARY KEY (model_id, version, key),
  FOREIGN KEY (model_id, version) REFERENCES registry.model_versions
);
CREATE INDEX version_tags_key ON registry.version_tags (key, model_id, version);

CREATE TABLE registry.aliases (
  model_id bigint NOT NULL,
  alias    text COLLATE "C" NOT NULL,
  version  integer NOT NULL,
  PRIMARY KEY (model_id, alias),
  FOREIGN KEY (model_id, version) REFERENCES registry.model_versions
);
CREATE INDEX aliases_version ON registry.aliases (model_id, version);

ALTER TABLE registry.gates
  ADD COLUMN approvals jsonb NOT NULL DEFAULT '{"count": 0, "least_role": "engineer", "not_author": false}',
  ADD COLUMN checks    jsonb NOT NULL DEFAULT '[]';  -- names

-- Each a word of one person on (version, stage); their latest counts.
CREATE TABLE registry.approvals (
  approval_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  model_id    bigint NOT NULL,
  version     integer NOT NULL,
  stage       text NOT NULL CHECK (stage IN ('Staging', 'Production', 'Archived')),
  is_approved boolean NOT NULL,
  actor       text NOT NULL,
  role        text NOT NULL,
  reason      text NOT NULL,
  at          timestamptz NOT NULL,
  FOREIGN KEY (model_id, version) REFERENCES registry.model_versions
);
CREATE INDEX approvals_newest ON registry.approvals (model_id, version, approval_id DESC);

-- Results of named checks; the latest of a name counts.
CREATE TABLE registry.checks (
  check_id  bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  model_id  bigint NOT NULL,
  version   integer NOT NULL,
  name      text NOT NULL,
  is_passed boolean NOT NULL,
  details   text NOT NULL,
  link      text NOT NULL,
  actor     text NOT NULL,
  at        timestamptz NOT NULL,
  FOREIGN KEY (model_id, version) REFERENCES registry.model_versions
);
CREATE INDEX checks_newest ON registry.checks (model_id, version, check_id DESC);

CREATE TRIGGER approvals_append_only BEFORE UPDATE OR DELETE ON registry.approvals
  FOR EACH ROW EXECUTE FUNCTION registry.refuse_change();
CREATE TRIGGER approvals_not_truncated BEFORE TRUNCATE ON registry.approvals
  FOR EACH STATEMENT EXECUTE FUNCTION registry.refuse_change();
CREATE TRIGGER checks_append_only BEFORE UPDATE OR DELETE ON registry.checks
  FOR EACH ROW EXECUTE FUNCTION registry.refuse_change();
CREATE TRIGGER checks_not_truncated BEFORE TRUNCATE ON registry.checks
  FOR EACH STATEMENT EXECUTE FUNCTION registry.refuse_change();

-- The history also holds deletions, and which version the deployment's primary was after an entry that changed it.
ALTER TABLE registry.promotions
  ADD COLUMN primary_version integer,
  DROP CONSTRAINT promotions_kind_check,
  ADD CONSTRAINT promotions_kind_check CHECK (kind IN ('promoted', 'refused', 'rolled_back', 'deleted'));

-- Names that a deployment was moved away from: watchers are told that nothing serves there any more.
CREATE TABLE registry.left_names (
  workspace_id bigint NOT NULL,
  name         text COLLATE "C" NOT NULL,
  revision     bigint NOT NULL UNIQUE,
  left_at      timestamptz NOT NULL,
  PRIMARY KEY (workspace_id, name)
);

CREATE TABLE registry.webhooks (
  webhook_id   bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  workspace_id bigint NOT NULL,
  model_id     bigint REFERENCES registry.models,  -- every model of the workspace when null
  name         text COLLATE "C" NOT NULL,
  url          text NOT NULL,
  secret       text NOT NULL,
  events       text[] NOT NULL,                    -- every event when empty
  is_active    boolean NOT NULL,
  created_by   text NOT NULL,
  created_at   timestamptz NOT NULL,
  updated_at   timestamptz NOT NULL,
  deleted_at   timestamptz
);
CREATE UNIQUE INDEX webhooks_name ON registry.webhooks (workspace_id, name) WHERE deleted_at IS NULL;

-- The queue: written in the transaction of the change that it tells of.
CREATE TABLE registry.deliveries (
  delivery_id     bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  webhook_id      bigint NOT NULL REFERENCES registry.webhooks,
  event           text NOT NULL,
  payload         jsonb NOT NULL,
  state           text NOT NULL DEFAULT 'queued' CHECK (state IN ('queued', 'delivered', 'failed')),
  attempts        integer NOT NULL DEFAULT 0,  -- counted when claimed: also the fencing token of the outcome
  next_attempt_at timestamptz NOT NULL,
  last_status     integer,                     -- of HTTP
  last_error      text NOT NULL DEFAULT '',
  created_at      timestamptz NOT NULL,
  ended_at        timestamptz
);
CREATE INDEX deliveries_due ON registry.deliveries (next_attempt_at) WHERE state = 'queued';
CREATE INDEX deliveries_newest ON registry.deliveries (webhook_id, delivery_id DESC);
CREATE INDEX deliveries_ended ON registry.deliveries (ended_at) WHERE ended_at IS NOT NULL;

-- Tests empty the registry; nobody else may take from what only grows. The setting lasts for its transaction.
CREATE OR REPLACE FUNCTION registry.refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF current_setting('registry.is_reset', true) = 'on' THEN
    RETURN OLD;
  END IF;
  RAISE EXCEPTION '%.% is append-only', TG_TABLE_SCHEMA, TG_TABLE_NAME;
END
$$;
