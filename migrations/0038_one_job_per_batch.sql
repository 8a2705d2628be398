-- A batch is one job, and the pumps of all workers claim items of all running batches. So there are no lanes, and no engine owns the database.

drop table lane;
drop table engine_owner;
alter table process drop column engine;
-- Whether the process works on everybody's batches, as a worker does, or on its own batch only, as `run` does.
alter table process rename column takes_lanes to takes_batches;

-- queued: no worker has opened the batch yet. Its job turns it to running.
alter table batch drop constraint batch_state_known;
alter table batch add constraint batch_state_known check (state in
    ('importing', 'awaiting_approval', 'queued', 'running', 'paused', 'halted', 'completed', 'completed_with_errors', 'canceled'));
drop index batch_open;
create index batch_open on batch (priority desc, created_at) where state in ('queued', 'running');

-- The process that runs the batch's job, and when the job was enqueued, begun or given back last. Both null: the batch has no job, and is given one while it is queued or running.
alter table batch add column job_process_id bigint;
alter table batch add column job_at timestamptz;

-- A halted batch that tries a single call is queued first, as every batch is.
alter table batch drop constraint batch_probing_is_running;
alter table batch add constraint batch_probing_is_open check (not probing or state in ('queued', 'running'));
create or replace function batch_note_halt() returns trigger
language plpgsql as $$
begin
    if new.state = 'halted' then
        new.halted_at := coalesce(new.halted_at, now());
    else
        new.halted_at := null;
    end if;
    new.probing := new.probing and new.state in ('queued', 'running');
    return new;
end
$$;

-- Batches are queued in several places; that a queued batch needs a new job is here once.
create function batch_note_queued() returns trigger
language plpgsql as $$
begin
    new.job_at := null;
    return new;
end
$$;
create trigger batch_note_queued before update of state on batch for each row when (new.state = 'queued') execute function batch_note_queued();

-- Wakes every worker: a queued batch needs a job, a running one has items to claim.
drop trigger batch_news on batch;
create trigger batch_news after insert or update of state on batch
    for each row when (new.state in ('queued', 'running')) execute function tell_of_batch();
