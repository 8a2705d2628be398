-- The results of a batch as files beside its images.

-- The end of the batch whose results are written: a batch that ended again has another end, and its results are due again.
alter table batch add column results_of timestamptz;
-- Who writes them; when that process's lease has ended, another may.
alter table batch add column results_by bigint;
-- Batches that ended before there were such files stay as they are.
update batch set results_of = finished_at where finished_at is not null;
create index batch_results_due on batch (finished_at) where finished_at is not null and results_of is distinct from finished_at;
