-- compatible
-- Waits that services told (429 or 503 with a time), so that people can be told until when and why. The next start of the group (limit_bucket) is what holds calls;
-- this is what was said with it.
create table limit_hold (
    limits_group  text collate "C" primary key,
    -- When the first of the waits began that followed each other without a break.
    since         timestamptz not null,
    told_at       timestamptz not null,
    held_until    timestamptz not null,
    -- What the service asked for; later than held_until where that is longer than Darkroom waits before it asks again.
    asked_until   timestamptz not null,
    status        smallint,
    words         text not null,
    constraint limit_hold_words_short check (length(words) <= 300),
    constraint limit_hold_in_order check (since <= told_at)
);
