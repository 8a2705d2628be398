-- Limits and what was learned of them belong to an endpoint, a key and a limits group. Workers of the previous version count by the group alone: beside new ones
-- each side would use the whole limit, so they have to end first.

-- The key of limit_bucket, limit_group, limit_slot and limit_told is the group's name followed by @ and a hash of endpoint and key; batch:ID for a batch's own caps.
create table limit_scope (
    limits_group text collate "C" primary key,
    name         text collate "C" not null,
    scope        text collate "C" not null,
    endpoint     text not null,
    -- Never the key: the first characters of its SHA-256, or the account.
    key_name     text not null,
    constraint limit_scope_key check (limits_group = name || '@' || scope)
);
create index limit_scope_of on limit_scope (scope);

-- Nobody knows of which endpoint this was learned. It is learned again from the next answers.
delete from limit_bucket where limits_group not like 'batch:%';
delete from limit_group where limits_group not like 'batch:%';
delete from limit_slot where limits_group not like 'batch:%';
delete from limit_told where limits_group not like 'batch:%';

-- Since when the service has refused every call of the group for its limits; when it told a wait, and until when; its last words. Null after a success.
alter table limit_group
    add column refused_since timestamptz,
    add column refused_at timestamptz,
    add column refused_until timestamptz,
    add column refused_words text,
    add constraint limit_group_refused_whole check (num_nulls(refused_since, refused_at, refused_until, refused_words) in (0, 4));

-- A person who resumes a batch gives it its time again.
alter table batch add column running_since timestamptz;
update batch set running_since = now() where state = 'running';
create function batch_note_running() returns trigger
language plpgsql as $$
begin
    if old.state <> 'running' then new.running_since := now(); end if;
    return new;
end
$$;
create trigger batch_note_running before update of state on batch for each row when (new.state = 'running') execute function batch_note_running();

create function limiter_succeeded(p_group text) returns void
language sql as $$
    update limit_group set refused_since = null, refused_at = null, refused_until = null, refused_words = null where limits_group = p_group and refused_since is not null
$$;

-- Notes that a call was refused for the group's limits. p_wait: seconds that the service told to wait. p_gap: how long refusals may go on. When the group was left
-- alone for longer than that after a wait, the count begins again. A wait longer than that is waited out: refusals before its end count for nothing.
-- Returns the seconds in which every call of the group was refused while this batch ran; infinity for the one call that is tried after the batch was halted for that.
create function limiter_refused(p_group text, p_batch text, p_wait double precision, p_gap double precision, p_words text) returns double precision
language plpgsql as $$
declare
    v_gap   interval := make_interval(secs => p_gap);
    v_now   timestamptz;
    v_since timestamptz;
    v_at    timestamptz;
    v_until timestamptz;
    v_held  boolean;
begin
    insert into limit_group (limits_group) values (p_group) on conflict do nothing;
    select refused_since, refused_at, refused_until into v_since, v_at, v_until from limit_group where limits_group = p_group for update;
    v_now := clock_timestamp();
    if v_since is null or v_until + v_gap < v_now then
        v_since := v_now;
        v_until := null;
    end if;
    v_held := coalesce(v_until > v_now and v_until - v_at > v_gap, false);
    if not v_held then
        v_at := v_now;
        v_until := greatest(v_until, v_now + make_interval(secs => p_wait));
    end if;
    update limit_group set refused_since = v_since, refused_at = v_at, refused_until = v_until, refused_words = p_words where limits_group = p_group;
    return (select case when b.probing and b.reason = 'throttled' then 'infinity'
                        when v_held then 0
                        else greatest(0, extract(epoch from v_now - greatest(v_since, b.running_since))) end::double precision
            from batch b where b.id = p_batch);
end
$$;
