-- compatible
-- Which engine carries the lanes: two on one database would each lose track of the other's.

-- One row at most.
create table engine_owner (
    only_one      boolean primary key default true,
    engine        text not null,
    since         timestamptz not null default now(),
    constraint engine_owner_only_one check (only_one),
    constraint engine_owner_known check (engine in ('hangfire', 'quartz'))
);

-- The engine of a process that carries lanes; null for others, and until it has asked.
alter table process add column engine text;
