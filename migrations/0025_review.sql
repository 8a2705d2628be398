-- compatible
-- What people decided of the images of items that succeeded. A decision goes with its item.
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
