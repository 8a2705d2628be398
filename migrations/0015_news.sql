-- Tells every process at once that a batch has something to do, so that nothing has to be asked for again and again. Told when the transaction commits.

create function tell_of_batch() returns trigger
language plpgsql as $$
begin
    perform pg_notify('darkroom_news', new.id);
    return null;
end
$$;

create trigger batch_news after insert or update of state on batch
    for each row when (new.state = 'running') execute function tell_of_batch();
