-- Pages of items by keyset: by state and id, and by the reason of those that didn't succeed.
create index item_state_id on item (batch_id, state, id);
drop index item_state;
create index item_reason on item (batch_id, ((error ->> 'class') || '/' || coalesce(error ->> 'code', '')), id) where state in ('rejected', 'failed', 'held');
