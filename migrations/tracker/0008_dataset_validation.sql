-- What a version's rows were checked for, and the rules that its successors could be checked by.
ALTER TABLE tracker.dataset_versions ADD COLUMN validation jsonb NOT NULL DEFAULT '{}';
