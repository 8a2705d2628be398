-- compatible
-- Triggers plan their statements once for a connection, for the first few calls and by the figures of the tables at that time. Those plans have to do for what
-- comes later: tables that have grown a thousandfold since they were last looked at, and statements that change a whole batch.

-- What changed is joined with what it was by hash or in order, never each with each.
alter function note_item_changes() set enable_nestloop = off;
alter function note_ledger_changes() set enable_nestloop = off;
alter function note_spend_changes() set enable_nestloop = off;

-- As in migrations/0026_spend.sql, but for the rows of the ledger that are looked at.
create or replace function note_spend() returns trigger language plpgsql set enable_seqscan = off as $$
begin
    insert into spend_change (day, batch_id, model, "user", tags, called_before, items, input_text_tokens, input_image_tokens, output_text_tokens, output_image_tokens,
                              images, cost_usd, fruitless_usd, unconfirmed_usd, unpriced)
    select day, batch_id, model, "user", tags, case when is_first then called_before end, count(*) filter (where is_first),
           coalesce(sum(input_text_tokens) filter (where kind <> 'unconfirmed'), 0),
           coalesce(sum(input_image_tokens) filter (where kind <> 'unconfirmed'), 0),
           coalesce(sum(output_text_tokens) filter (where kind <> 'unconfirmed'), 0),
           coalesce(sum(output_image_tokens) filter (where kind <> 'unconfirmed'), 0),
           coalesce(sum(images) filter (where kind <> 'unconfirmed' and not is_fruitless), 0),
           coalesce(sum(cost_usd) filter (where kind <> 'unconfirmed'), 0),
           coalesce(sum(cost_usd) filter (where kind <> 'unconfirmed' and is_fruitless), 0),
           coalesce(sum(cost_usd) filter (where kind = 'unconfirmed'), 0),
           count(*) filter (where cost_usd is null)
    from (select n.*, (n.at at time zone 'UTC')::date as day, e.called_before, not e.is_known as is_first, is_fruitless(n.attempt_id) as is_fruitless
          from new_rows n
          cross join lateral (
              select max(d.day) filter (where d.day < (n.at at time zone 'UTC')::date) as called_before,
                     coalesce(bool_or(d.day = (n.at at time zone 'UTC')::date), false) as is_known
              -- Offset keeps the comparison of ids out of the choice of an index: the one of items leads to a row or two, whatever the figures of the table say.
              from (select (l.at at time zone 'UTC')::date as day from (select at, id from ledger where item_id = n.item_id offset 0) l where l.id < n.id) d) e) x
    group by 1, 2, 3, 4, 5, 6;
    return null;
end
$$;
