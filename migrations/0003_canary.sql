-- A sample of items that runs first, and what a batch was estimated at.

alter table item add column canary boolean not null default false;
-- While true, only the batch's canary items may be claimed. Approval ends it; so does the end of a batch that has no other items.
alter table batch add column canary boolean not null default false;
alter table batch add constraint batch_canary_is_open check (not canary or finished_at is null);
create index item_canary on item (batch_id, not_before, id) where canary and state in ('pending', 'sending');

-- A row a kind of call: few of them, whatever the batch's size.
create table batch_estimate (
    batch_id      text collate "C" not null references batch (id) on delete cascade,
    model         text collate "C" not null,
    size          text collate "C" not null,
    quality       text collate "C" not null,
    n             integer not null,
    items         bigint not null,
    unpriced      bigint not null,
    expected_usd  numeric(20, 10) not null,
    worst_usd     numeric(20, 10) not null,
    primary key (batch_id, model, size, quality, n),
    constraint batch_estimate_counts check (items > 0 and unpriced between 0 and items),
    constraint batch_estimate_not_negative check (expected_usd >= 0 and worst_usd >= 0)
);
