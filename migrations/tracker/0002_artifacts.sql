-- Blobs are content-addressed and shared; who may read one is a row of its workspace.
CREATE TABLE tracker.blobs (
  sha256     text COLLATE "C" PRIMARY KEY CHECK (sha256 ~ '^[0-9a-f]{64}$'),
  size       bigint NOT NULL CHECK (size >= 0),
  created_at timestamptz NOT NULL DEFAULT now()
);
CREATE TABLE tracker.blob_holders (
  workspace_id bigint NOT NULL,
  sha256       text COLLATE "C" NOT NULL REFERENCES tracker.blobs (sha256),
  created_at   timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (workspace_id, sha256)
);

CREATE TABLE tracker.artifacts (
  run_number bigint NOT NULL REFERENCES tracker.runs (number) ON DELETE CASCADE,
  path       text COLLATE "C" NOT NULL CHECK (octet_length(path) BETWEEN 1 AND 1000),
  sha256     text COLLATE "C" NOT NULL REFERENCES tracker.blobs (sha256),
  updated_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (run_number, path)
);

CREATE TABLE tracker.datasets (
  id           bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  workspace_id bigint NOT NULL,
  name         text NOT NULL CHECK (octet_length(name) BETWEEN 1 AND 200),
  created_at   timestamptz NOT NULL DEFAULT now(),
  UNIQUE (workspace_id, name)
);
CREATE TABLE tracker.dataset_versions (
  id           bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  dataset_id   bigint NOT NULL REFERENCES tracker.datasets (id),
  workspace_id bigint NOT NULL,
  version      integer NOT NULL CHECK (version > 0),
  content_hash text COLLATE "C" NOT NULL,
  sha256       text COLLATE "C" NOT NULL REFERENCES tracker.blobs (sha256),
  row_count    bigint NOT NULL CHECK (row_count >= 0),
  schema       jsonb NOT NULL,
  statistics   jsonb NOT NULL,
  origin       jsonb NOT NULL,
  created_at   timestamptz NOT NULL DEFAULT now(),
  UNIQUE (dataset_id, version),
  UNIQUE (dataset_id, content_hash)
);
CREATE INDEX dataset_versions_of_workspace ON tracker.dataset_versions (workspace_id, id DESC);
