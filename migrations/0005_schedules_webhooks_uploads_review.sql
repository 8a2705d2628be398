-- Schedules, webhooks, files uploaded to the service, and what people decided of images.

-- What is submitted again and again. Names of states are an API (Darkroom.Jobs.Schedules.ScheduleNames).
create table schedule (
    name             text collate "C" primary key,
    cron             text not null,
    time_zone        text not null,
    manifest         text not null,
    template         jsonb not null,
    overlap          text not null default 'skip',
    deadline         text,
    is_paused        boolean not null default false,
    created_at       timestamptz not null default now(),
    -- Occurrences up to this time are dealt with.
    armed_at         timestamptz not null,
    -- ETag or hash of the manifest that was imported last.
    manifest_version text,
    constraint schedule_name_form check (name ~ '^[A-Za-z0-9][A-Za-z0-9._-]{0,59}$'),
    constraint schedule_overlap_known check (overlap in ('skip', 'queue'))
);

create table schedule_run (
    id               bigint generated always as identity primary key,
    schedule         text collate "C" not null references schedule (name) on delete cascade,
    scheduled_at     timestamptz not null,
    is_manual        boolean not null default false,
    state            text not null,
    -- Chosen when the run is taken: whichever process imports the batch, and however often, there is one batch.
    batch_id         text collate "C" not null unique,
    taken_at         timestamptz not null default now(),
    tries            smallint not null default 1,
    manifest_version text,
    is_unchanged     boolean not null default false,
    detail           text,
    problems         text[] not null default '{}',
    warnings         text[] not null default '{}',
    constraint schedule_run_once unique (schedule, scheduled_at),
    constraint schedule_run_state_known check (state in ('queued', 'starting', 'started', 'skipped', 'failed')),
    constraint schedule_run_has_reason check (state not in ('skipped', 'failed') or detail is not null)
);
create index schedule_run_waiting on schedule_run (id) where state in ('queued', 'starting');

-- Events are written by triggers in the transaction of what happened; a worker delivers them later.
create table webhook_event (
    id            uuid primary key default gen_random_uuid(),
    kind          text not null,
    at            timestamptz not null default now(),
    batch_id      text collate "C" references batch (id) on delete cascade,
    schedule      text collate "C",
    state         text,
    reason        text,
    detail        text,
    taken_at      timestamptz,
    expanded_at   timestamptz,
    constraint webhook_event_kind_known check (kind in ('batch.ended', 'batch.halted', 'batch.deadline_at_risk', 'batch.deadline_missed', 'schedule.failed')),
    constraint webhook_event_has_subject check ((batch_id is null) = (kind = 'schedule.failed') and (schedule is not null or kind <> 'schedule.failed'))
);
create index webhook_event_batch on webhook_event (batch_id);
create index webhook_event_new on webhook_event (at) where expanded_at is null;

create table webhook_delivery (
    id            uuid primary key default gen_random_uuid(),
    event_id      uuid not null references webhook_event (id) on delete cascade,
    url           text not null,
    body          text not null,
    state         text not null default 'pending',
    attempts      smallint not null default 0,
    created_at    timestamptz not null default now(),
    next_at       timestamptz not null default now(),
    ended_at      timestamptz,
    last_status   smallint,
    last_error    text,
    constraint webhook_delivery_once unique (event_id, url),
    constraint webhook_delivery_state_known check (state in ('pending', 'delivered', 'failed')),
    constraint webhook_delivery_ended_at_iff_ended check ((ended_at is not null) = (state <> 'pending'))
);
create index webhook_delivery_due on webhook_delivery (next_at) where state = 'pending';

-- Several statements end and halt batches; all of them pass here.
create function batch_tell() returns trigger
language plpgsql as $$
begin
    if new.state is distinct from old.state and (
        new.state in ('completed', 'completed_with_errors', 'canceled')
        -- A halted batch that tried a single call and halted again for the same reason is no news.
        or new.state = 'halted' and not (old.probing and old.reason is not distinct from new.reason))
    then
        insert into webhook_event (kind, batch_id, state, reason, detail)
        values (case new.state when 'halted' then 'batch.halted' else 'batch.ended' end, new.id, new.state, new.reason, new.detail);
    end if;
    if new.deadline_risk_at is not null and old.deadline_risk_at is null then
        insert into webhook_event (kind, batch_id, state, reason, detail) values ('batch.deadline_at_risk', new.id, new.state, new.reason, new.detail);
    end if;
    if new.deadline_missed_at is not null and old.deadline_missed_at is null then
        insert into webhook_event (kind, batch_id, state, reason, detail) values ('batch.deadline_missed', new.id, new.state, new.reason, new.detail);
    end if;
    return null;
end
$$;
create trigger batch_tell after update of state, deadline_risk_at, deadline_missed_at on batch for each row execute function batch_tell();

create function schedule_run_tell() returns trigger
language plpgsql as $$
begin
    insert into webhook_event (kind, schedule, state, detail) values ('schedule.failed', new.schedule, new.state, new.detail);
    return null;
end
$$;
create trigger schedule_run_tell after update of state on schedule_run for each row
    when (new.state = 'failed' and old.state <> 'failed') execute function schedule_run_tell();

-- Local files that were uploaded to the service, each content once for all processes (Darkroom.Jobs.Uploads).
create table uploaded_file (
    endpoint      text collate "C" not null,
    sha256        text collate "C" not null,
    state         text not null,
    -- The process that uploads the file. When its lease has ended, another process may.
    process_id    bigint,
    file_id       text,
    expires_at    timestamptz,
    uploaded_at   timestamptz,
    primary key (endpoint, sha256),
    constraint uploaded_file_state_known check (state in ('uploading', 'ready', 'deleting')),
    constraint uploaded_file_sha256_form check (sha256 ~ '^[0-9a-f]{64}$'),
    constraint uploaded_file_uploading_has_process check ((state = 'uploading') = (process_id is not null)),
    constraint uploaded_file_uploading_has_no_file check ((state = 'uploading') = (file_id is null))
);

create table uploaded_file_use (
    endpoint      text collate "C" not null,
    sha256        text collate "C" not null,
    batch_id      text collate "C" not null references batch (id) on delete cascade,
    primary key (endpoint, sha256, batch_id),
    foreign key (endpoint, sha256) references uploaded_file (endpoint, sha256) on delete cascade
);
create index uploaded_file_use_batch on uploaded_file_use (batch_id);

-- What a person decided of the images of an item that succeeded. A decision is deleted with its item.
create table review (
    item_id       bigint primary key references item (id) on delete cascade,
    batch_id      text collate "C" not null,
    decision      text not null,
    note          text,
    decided_at    timestamptz not null default now(),
    decided_by    text not null,
    constraint review_decision_known check (decision in ('approved', 'rejected', 'redo')),
    constraint review_note_length check (length(note) <= 2000)
);
create index review_batch on review (batch_id, item_id);
