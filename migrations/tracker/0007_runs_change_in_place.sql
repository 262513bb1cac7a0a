-- A run that ends changes no indexed column, so its row stays in its page and no index is written: lost_after is now empty
-- unless the run beats, and pages keep room for the next version of their rows.
UPDATE tracker.runs SET lost_after = NULL WHERE lost_after IS NOT NULL AND status <> 'running';
DROP INDEX tracker.runs_that_beat;
CREATE INDEX runs_that_beat ON tracker.runs (lost_after) WHERE lost_after IS NOT NULL;
ALTER TABLE tracker.runs SET (fillfactor = 80);

-- Only the few runs that were made with a request_id are looked for by it.
ALTER TABLE tracker.runs DROP CONSTRAINT runs_workspace_id_request_id_key;
CREATE UNIQUE INDEX runs_of_request ON tracker.runs (workspace_id, request_id) WHERE request_id IS NOT NULL;
