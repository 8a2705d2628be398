-- What a ledger row cost before it was priced again. The ledger's row has the price that holds now; its raw usage never changes.
create table ledger_repricing (
    id                bigint generated always as identity primary key,
    ledger_id         bigint not null references ledger (id),
    at                timestamptz not null default now(),
    cost_usd_before   numeric(20, 10),
    price_book_before text not null,
    cost_usd_after    numeric(20, 10),
    price_book_after  text not null,
    constraint ledger_repricing_changes check (cost_usd_before is distinct from cost_usd_after)
);
create index ledger_repricing_ledger on ledger_repricing (ledger_id);
