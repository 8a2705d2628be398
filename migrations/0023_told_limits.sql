-- compatible
-- Limits that a service tells under names of its own, such as pixels or requests a day: what a call takes of them isn't known, so no pace can be made of
-- them. They are shown, and nothing starts while they have run out.
create table limit_told (
    limits_group  text collate "C" not null,
    dimension     text collate "C" not null,
    per_window    double precision not null,
    remaining     double precision,
    resets_at     timestamptz,
    told_at       timestamptz not null,
    primary key (limits_group, dimension),
    constraint limit_told_positive check (per_window > 0),
    constraint limit_told_remaining check (remaining >= 0),
    constraint limit_told_name check (length(dimension) between 1 and 64)
);
