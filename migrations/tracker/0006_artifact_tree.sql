-- One tree of files a workspace, addressed as clients of `mlflow-artifacts:/` address it: `<experiment>/<run_id>/artifacts/…`,
-- `<experiment>/models/<model_id>/artifacts/…`, and whatever else a client puts beside them. A file goes with its run or model.
CREATE TABLE tracker.artifact_files (
  workspace_id bigint NOT NULL,
  path         text COLLATE "C" NOT NULL CHECK (octet_length(path) BETWEEN 1 AND 2000),
  sha256       text COLLATE "C" NOT NULL REFERENCES tracker.blobs (sha256),
  run_number   bigint REFERENCES tracker.runs (number) ON DELETE CASCADE,
  model_number bigint REFERENCES tracker.logged_models (number) ON DELETE CASCADE,
  updated_at   timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (workspace_id, path)
);
CREATE INDEX artifact_files_of_run ON tracker.artifact_files (run_number) WHERE run_number IS NOT NULL;
CREATE INDEX artifact_files_of_model ON tracker.artifact_files (model_number) WHERE model_number IS NOT NULL;
CREATE INDEX artifact_files_of_blob ON tracker.artifact_files (sha256);

INSERT INTO tracker.artifact_files (workspace_id, path, sha256, run_number, updated_at)
SELECT r.workspace_id,
       CASE WHEN e.is_default THEN '0' ELSE e.id::text END || '/' || r.run_id || '/artifacts/' || a.path,
       a.sha256, r.number, a.updated_at
  FROM tracker.artifacts a
  JOIN tracker.runs r ON r.number = a.run_number
  JOIN tracker.experiments e ON e.id = r.experiment_id;
DROP TABLE tracker.artifacts;

-- What keeps a blob that no file points at: model versions above all, whose registry lives elsewhere.
CREATE TABLE tracker.blob_pins (
  workspace_id bigint NOT NULL,
  owner        text COLLATE "C" NOT NULL CHECK (octet_length(owner) BETWEEN 1 AND 500),
  sha256       text COLLATE "C" NOT NULL REFERENCES tracker.blobs (sha256),
  created_at   timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (workspace_id, owner, sha256)
);
CREATE INDEX blob_pins_of_blob ON tracker.blob_pins (sha256);
-- Model versions from before this had no way to pin theirs.
INSERT INTO tracker.blob_pins (workspace_id, owner, sha256)
SELECT workspace_id, 'held before blobs were collected', sha256 FROM tracker.blob_holders;

-- A file that comes in parts, in any order. The upload's id is a secret: whoever has it may send parts.
CREATE TABLE tracker.artifact_uploads (
  id           bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  secret_hash  text COLLATE "C" NOT NULL UNIQUE,
  workspace_id bigint NOT NULL,
  path         text COLLATE "C" NOT NULL,
  part_count   integer NOT NULL CHECK (part_count BETWEEN 1 AND 10000),
  completed_at timestamptz,
  expires_at   timestamptz NOT NULL
);
CREATE TABLE tracker.artifact_upload_parts (
  upload_id bigint NOT NULL REFERENCES tracker.artifact_uploads (id) ON DELETE CASCADE,
  number    integer NOT NULL CHECK (number > 0),
  sha256    text COLLATE "C" NOT NULL REFERENCES tracker.blobs (sha256),
  PRIMARY KEY (upload_id, number)
);
CREATE INDEX artifact_upload_parts_of_blob ON tracker.artifact_upload_parts (sha256);

-- Who has the token may read the blob until then.
CREATE TABLE tracker.download_grants (
  token_hash   text COLLATE "C" PRIMARY KEY,
  workspace_id bigint NOT NULL,
  sha256       text COLLATE "C" NOT NULL REFERENCES tracker.blobs (sha256),
  name         text NOT NULL,
  expires_at   timestamptz NOT NULL
);
CREATE INDEX download_grants_of_blob ON tracker.download_grants (sha256);

-- Since when the collector has seen that nothing points at the blob; NULL while something does, or nobody has looked.
ALTER TABLE tracker.blobs ADD COLUMN idle_since timestamptz;
CREATE INDEX blobs_idle ON tracker.blobs (idle_since) WHERE idle_since IS NOT NULL;
CREATE INDEX dataset_versions_of_blob ON tracker.dataset_versions (sha256);
ALTER TABLE tracker.blob_holders DROP CONSTRAINT blob_holders_sha256_fkey;
ALTER TABLE tracker.blob_holders ADD CONSTRAINT blob_holders_sha256_fkey
  FOREIGN KEY (sha256) REFERENCES tracker.blobs (sha256) ON DELETE CASCADE;
CREATE INDEX blob_holders_of_blob ON tracker.blob_holders (sha256);
