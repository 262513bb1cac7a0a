-- A worker that shuts down gives its task back: an attempt that neither failed nor was lost.
ALTER TABLE scheduler.tasks ADD COLUMN released integer NOT NULL DEFAULT 0;
ALTER TABLE scheduler.task_history ADD COLUMN released integer NOT NULL DEFAULT 0;
