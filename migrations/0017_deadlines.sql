-- When a batch should be done, and when it was first seen that it won't.

alter table batch add column deadline timestamptz;
alter table batch add column deadline_risk_at timestamptz;
alter table batch add column deadline_missed_at timestamptz;
alter table batch add constraint batch_deadline_marks check (deadline is not null or (deadline_risk_at is null and deadline_missed_at is null));
create index batch_deadline on batch (deadline) where deadline is not null and finished_at is null;

-- The pace of a batch is what ended lately.
create index item_finished on item (batch_id, finished_at) where finished_at is not null;
