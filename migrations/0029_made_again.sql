-- compatible
-- Good images that somebody wants made again, while there is no new one: a contact sheet shows them among the others, whatever the size of their batch. There are few, so
-- the index is small, and no other item's writes touch it.
create index item_made_again on item (batch_id, id) where pay_again and state not in ('succeeded', 'reused');
