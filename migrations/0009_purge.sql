-- Batches that are purged: first marked, then their files removed, then their rows. The ledger stays.

alter table batch add column purging_since timestamptz;
alter table batch add constraint batch_purging_is_final check (purging_since is null or finished_at is not null);
create index batch_purging on batch (purging_since) where purging_since is not null;

-- What repricing needs of an item that is gone: a model may be priced by an image's size and quality.
alter table ledger add column options jsonb;

-- An attempt that goes takes its outputs along.
create index output_attempt on output (attempt_id);
