CREATE TABLE registry.models (
  model_id     bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  workspace_id bigint NOT NULL,
  name         text COLLATE "C" NOT NULL CHECK (octet_length(name) BETWEEN 1 AND 250 AND name !~ '[/:]'),
  description  text NOT NULL DEFAULT '',
  last_version integer NOT NULL DEFAULT 0,  -- the highest number ever given: numbers are not used twice
  created_at   timestamptz NOT NULL,
  UNIQUE (workspace_id, name)
);

CREATE TABLE registry.model_versions (
  model_id     bigint NOT NULL REFERENCES registry.models,
  version      integer NOT NULL CHECK (version > 0),
  stage        text NOT NULL DEFAULT 'None' CHECK (stage IN ('None', 'Staging', 'Production', 'Archived')),
  run_id       text NOT NULL,
  content_hash text NOT NULL,
  files        jsonb NOT NULL,  -- [{path, sha256, size}]
  lineage      jsonb NOT NULL,
  description  text NOT NULL,
  created_by   text NOT NULL,
  created_at   timestamptz NOT NULL,
  request_id   text,
  PRIMARY KEY (model_id, version)
);
CREATE UNIQUE INDEX model_versions_one_in_production ON registry.model_versions (model_id) WHERE stage = 'Production';
CREATE UNIQUE INDEX model_versions_request ON registry.model_versions (model_id, request_id) WHERE request_id IS NOT NULL;

CREATE TABLE registry.evaluations (
  evaluation_id      bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  model_id           bigint NOT NULL,
  version            integer NOT NULL,
  dataset_version_id text NOT NULL,
  metrics            jsonb NOT NULL,  -- {name: number, or "NaN", "Infinity", "-Infinity"}
  run_id             text NOT NULL,
  at                 timestamptz NOT NULL,
  FOREIGN KEY (model_id, version) REFERENCES registry.model_versions
);
CREATE INDEX evaluations_newest ON registry.evaluations (model_id, version, evaluation_id DESC);

CREATE TABLE registry.gates (
  model_id   bigint NOT NULL REFERENCES registry.models,
  stage      text NOT NULL CHECK (stage IN ('Staging', 'Production', 'Archived')),
  rules      jsonb NOT NULL,
  updated_at timestamptz NOT NULL,
  PRIMARY KEY (model_id, stage)
);

CREATE TABLE registry.promotions (
  promotion_id     bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  model_id         bigint NOT NULL,
  kind             text NOT NULL CHECK (kind IN ('promoted', 'refused', 'rolled_back')),
  version          integer NOT NULL,
  from_stage       text NOT NULL,
  to_stage         text NOT NULL,
  replaced_version integer,  -- that left Production by this
  actor            text NOT NULL,
  reason           text NOT NULL,
  decision         jsonb NOT NULL,
  evidence         jsonb NOT NULL,
  at               timestamptz NOT NULL,
  revision         bigint,   -- of the deployment, when it changed
  FOREIGN KEY (model_id, version) REFERENCES registry.model_versions
);
CREATE INDEX promotions_newest ON registry.promotions (model_id, promotion_id DESC);

-- What a request_id was answered with; no promotion when nothing had to change and nothing ever had.
CREATE TABLE registry.promotion_requests (
  model_id     bigint NOT NULL REFERENCES registry.models,
  request_id   text NOT NULL,
  promotion_id bigint REFERENCES registry.promotions,
  PRIMARY KEY (model_id, request_id)
);

CREATE TABLE registry.deployments (
  model_id   bigint PRIMARY KEY REFERENCES registry.models,
  revision   bigint NOT NULL UNIQUE,
  arms       jsonb NOT NULL,  -- [{version, weight, role}]
  updated_at timestamptz NOT NULL
);

-- One row, locked by whoever changes a deployment until its commit: so revisions grow in commit order.
CREATE TABLE registry.deployment_revision (
  is_only  boolean PRIMARY KEY DEFAULT true CHECK (is_only),
  revision bigint NOT NULL
);
INSERT INTO registry.deployment_revision (revision) VALUES (0);

CREATE FUNCTION registry.refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION '%.% is append-only', TG_TABLE_SCHEMA, TG_TABLE_NAME;
END
$$;
CREATE TRIGGER promotions_append_only BEFORE UPDATE OR DELETE ON registry.promotions
  FOR EACH ROW EXECUTE FUNCTION registry.refuse_change();
CREATE TRIGGER promotions_not_truncated BEFORE TRUNCATE ON registry.promotions
  FOR EACH STATEMENT EXECUTE FUNCTION registry.refuse_change();
CREATE TRIGGER evaluations_append_only BEFORE UPDATE OR DELETE ON registry.evaluations
  FOR EACH ROW EXECUTE FUNCTION registry.refuse_change();
CREATE TRIGGER evaluations_not_truncated BEFORE TRUNCATE ON registry.evaluations
  FOR EACH STATEMENT EXECUTE FUNCTION registry.refuse_change();

-- Of a version only the stage may change.
CREATE TRIGGER model_versions_immutable BEFORE UPDATE ON registry.model_versions
  FOR EACH ROW
  WHEN ((OLD.model_id, OLD.version, OLD.run_id, OLD.content_hash, OLD.files, OLD.lineage, OLD.created_by, OLD.created_at, OLD.request_id)
        IS DISTINCT FROM
        (NEW.model_id, NEW.version, NEW.run_id, NEW.content_hash, NEW.files, NEW.lineage, NEW.created_by, NEW.created_at, NEW.request_id))
  EXECUTE FUNCTION registry.refuse_change();
CREATE TRIGGER model_versions_kept BEFORE DELETE ON registry.model_versions
  FOR EACH ROW EXECUTE FUNCTION registry.refuse_change();
