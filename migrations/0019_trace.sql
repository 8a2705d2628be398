-- compatible
-- The trace that followed an attempt (OpenTelemetry), where one was recorded: 16 bytes, printed as 32 hex digits.

alter table attempt add column trace_id uuid;

-- Batches that haven't ended are few among all that ever were, and are looked at every few seconds.
create index batch_unfinished on batch (state) where finished_at is null;
