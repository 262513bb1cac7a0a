-- Assets and their sensors. asset_id is the user's name for it, unique in the workspace; number is ours.
CREATE TABLE telemetry.assets (
  number       bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  workspace_id bigint NOT NULL,
  asset_id     text COLLATE "C" NOT NULL CHECK (asset_id ~ '^[A-Za-z0-9._-]{1,100}$'),
  asset_type   text NOT NULL,
  created_at   timestamptz NOT NULL DEFAULT now(),
  last_sample_at timestamptz,
  UNIQUE (workspace_id, asset_id)
);

CREATE TABLE telemetry.sensors (
  number       bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  asset_number bigint NOT NULL REFERENCES telemetry.assets (number) ON DELETE CASCADE,
  name         text COLLATE "C" NOT NULL CHECK (octet_length(name) >= 1),
  unit         text NOT NULL,
  UNIQUE (asset_number, name)
);

-- Event time in microseconds since the Unix epoch: what the wire has, compared and copied without a calendar.
-- quality: 0 good, 1 uncertain, 2 bad.
CREATE TABLE telemetry.samples (
  sensor_number bigint NOT NULL,
  event_us      bigint NOT NULL,
  value         double precision NOT NULL,
  received_at   timestamptz NOT NULL DEFAULT now(),
  quality       smallint NOT NULL CHECK (quality BETWEEN 0 AND 2),
  PRIMARY KEY (sensor_number, event_us)
);

-- Maintenance and failures. An event may name an asset that has no sensors here yet.
CREATE TABLE telemetry.events (
  workspace_id bigint NOT NULL,
  event_id     text COLLATE "C" NOT NULL CHECK (octet_length(event_id) BETWEEN 1 AND 200),
  asset_id     text COLLATE "C" NOT NULL,
  kind         text NOT NULL CHECK (kind IN ('failure', 'maintenance')),
  code         text NOT NULL,
  at           timestamptz NOT NULL,
  received_at  timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (workspace_id, event_id)
);
CREATE INDEX events_by_time ON telemetry.events (workspace_id, at, event_id);
CREATE INDEX events_of_asset ON telemetry.events (workspace_id, asset_id, at, event_id);
