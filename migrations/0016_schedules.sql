-- Schedules: what is submitted again and again, and what came of each time.
-- Names of states are an API (Darkroom.Jobs.Schedules.ScheduleNames).

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
    -- Occurrences up to here are dealt with.
    armed_at         timestamptz not null,
    -- The ETag or the hash of the manifest that was imported last.
    manifest_version text,
    constraint schedule_name_form check (name ~ '^[A-Za-z0-9][A-Za-z0-9._-]{0,59}$'),
    constraint schedule_overlap_known check (overlap in ('skip', 'queue'))
);

-- The batch's id is chosen when the run is taken: whoever imports it, and however often, there is one batch.
create table schedule_run (
    id               bigint generated always as identity primary key,
    schedule         text collate "C" not null references schedule (name) on delete cascade,
    scheduled_at     timestamptz not null,
    is_manual        boolean not null default false,
    state            text not null,
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
