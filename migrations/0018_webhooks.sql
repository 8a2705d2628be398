-- What happened is written where it happens, in the same transaction; whoever works tells it to whom it concerns.

-- A URL that is told of this batch besides those that are configured.
alter table batch add column webhook_url text;

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

-- Batches end and halt in several places; here they all come through.
create function batch_tell() returns trigger
language plpgsql as $$
begin
    if new.state is distinct from old.state and (
        new.state in ('completed', 'completed_with_errors', 'canceled')
        -- A single call that was tried after a halt, and halted again for the same reason, is no news.
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
