-- compatible
-- Images that a worker kept while the store was away are adopted later. Until then what they cost has come to nothing; then it hasn't.
create function note_spend_adopted() returns trigger language plpgsql set enable_seqscan = off as $$
begin
    insert into spend_change (day, batch_id, model, "user", tags, images, fruitless_usd)
    select (l.at at time zone 'UTC')::date, l.batch_id, l.model, l."user", l.tags, sum(l.images), -coalesce(sum(l.cost_usd), 0)
    from ledger l
    where l.attempt_id = new.id and l.kind <> 'unconfirmed'
    group by 1, 2, 3, 4, 5;
    return null;
end
$$;
create trigger attempt_adopted after update of state on attempt for each row when (old.state = 'unknown' and new.state = 'adopted') execute function note_spend_adopted();
