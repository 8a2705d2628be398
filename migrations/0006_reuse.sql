-- What was paid for before isn't paid for again; and halted batches that try by themselves whether they may go on.

-- reuse: 'none' pays for every row, 'duplicates' for equal rows of the batch once, 'earlier' also takes what earlier batches paid for.
alter table batch add column reuse text not null default 'duplicates';
alter table batch add constraint batch_reuse_known check (reuse in ('none', 'duplicates', 'earlier'));
-- Rows that waited for an equal one when the batch was imported.
alter table batch add column duplicates integer not null default 0;
alter table batch add constraint batch_duplicates_not_negative check (duplicates >= 0);

-- fingerprint: what the row asks for. edit_key: the same at the endpoint that it was bought from. source_version: what its sources were then.
-- A row that waits for an equal one has not_before 'infinity', until that one has ended.
alter table item add column fingerprint uuid;
alter table item add column edit_key uuid;
alter table item add column source_version uuid;
create index item_waiting on item (batch_id, fingerprint) where not_before = 'infinity' and state = 'pending';
create index item_edit_key on item (edit_key, id) where edit_key is not null;
create index item_reused_from on item (reused_from) where reused_from is not null;

-- A batch that was halted may try a single call every so often.
alter table batch add column probe_every interval;
alter table batch add column halted_at timestamptz;
alter table batch add column probing boolean not null default false;
update batch set halted_at = now() where state = 'halted';
alter table batch add constraint batch_probe_every_positive check (probe_every >= interval '1 second');
alter table batch add constraint batch_halted_at_iff_halted check ((halted_at is not null) = (state = 'halted'));
alter table batch add constraint batch_probing_is_running check (not probing or state = 'running');
create index batch_probes on batch (halted_at) where state = 'halted' and probe_every is not null;

-- Batches are halted in several places; what that means for the columns is here once.
create function batch_note_halt() returns trigger
language plpgsql as $$
begin
    if new.state = 'halted' then
        new.halted_at := coalesce(new.halted_at, now());
    else
        new.halted_at := null;
    end if;
    new.probing := new.probing and new.state = 'running';
    return new;
end
$$;
create trigger batch_note_halt before update of state on batch for each row execute function batch_note_halt();
