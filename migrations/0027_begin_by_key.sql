-- compatible
-- Attempts begin for a few items that are known by their ids. Of a table that it has no figures of yet, as in the first minute after an import, the planner
-- supposes that a batch has one pending row, reads all of them instead, and a call of fifty thousand pending items began in a quarter of a second. The empty text
-- after a column keeps indexes out that begin with it.
create or replace function begin_attempts(p_items bigint[], p_tokens bigint[], p_worst numeric[], p_process bigint, p_day_cap numeric, p_month_cap numeric)
returns table (item_id bigint, attempt_id bigint, number integer, is_reserved boolean)
language plpgsql as $$
#variable_conflict use_column
declare
    v_day      timestamptz := date_trunc('day', now(), 'UTC');
    v_month    timestamptz := date_trunc('month', now(), 'UTC');
    v_day_of   text := 'day:' || to_char(now() at time zone 'UTC', 'YYYY-MM-DD');
    v_month_of text := 'month:' || to_char(now() at time zone 'UTC', 'YYYY-MM');
    v_item     record;
    v_scope    record;
    v_halt     text;
    v_wait     boolean;
begin
    if p_day_cap is null and p_month_cap is null
       and not exists (select from item i join batch b on b.id = i.batch_id where i.id = any (p_items) and b.max_cost_usd is not null) then
        return query
            with input as (select * from unnest(p_items, p_tokens) as x (item_id, token)),
            moved as (
                update item i set state = 'sending', calls = i.calls + 1
                from input x, batch b
                where i.id = x.item_id and i.lease_token = x.token and i.state || '' = 'pending' and b.id = i.batch_id || '' and b.state = 'running'
                returning i.id, i.batch_id, i.calls)
            insert into attempt (item_id, batch_id, number, process_id)
            select m.id, m.batch_id, m.calls, p_process from moved m
            returning attempt.item_id, attempt.id, attempt.number, false;
        return;
    end if;

    -- Batches before items before budgets, each in order, as everywhere.
    perform from batch where id in (select i.batch_id from item i where i.id = any (p_items)) order by id for no key update;
    perform from item where id = any (p_items) order by id for no key update;
    if p_day_cap is not null then perform budget_open(v_day_of, v_day, v_day + interval '1 day'); end if;
    if p_month_cap is not null then perform budget_open(v_month_of, v_month, v_month + interval '1 month'); end if;
    perform from budget
        where scope in (v_day_of, v_month_of) or scope in (select 'batch:' || i.batch_id from item i where i.id = any (p_items))
        order by scope for update;

    for v_item in
        select i.id, i.batch_id, i.calls + 1 as number, x.worst, b.max_cost_usd as cap
        from unnest(p_items, p_tokens, p_worst) as x (item_id, token, worst)
        join item i on i.id = x.item_id join batch b on b.id = i.batch_id || ''
        where i.lease_token = x.token and i.state || '' = 'pending' and b.state = 'running'
        order by i.id
    loop
        -- A halt of this very set counts, too.
        continue when not exists (select from batch where id = v_item.batch_id and state = 'running');
        v_halt := null;
        v_wait := false;
        for v_scope in
            select u.scope, u.spent_usd, u.reserved_usd, s.cap, s.name
            from (values ('batch:' || v_item.batch_id, v_item.cap, 'batch'), (v_day_of, p_day_cap, 'day'), (v_month_of, p_month_cap, 'month')) as s (scope, cap, name)
            join budget u on u.scope = s.scope
            where s.cap is not null
        loop
            if v_item.worst is null then
                v_halt := format('The model has no known price, so the budget of the %s (USD %s) can''t be kept.', v_scope.name, trim_scale(v_scope.cap));
            elsif v_scope.spent_usd + v_item.worst > v_scope.cap then
                v_halt := format('The budget of the %s is reached: USD %s of %s spent, and the next call may cost USD %s.',
                    v_scope.name, trim_scale(v_scope.spent_usd), trim_scale(v_scope.cap), trim_scale(v_item.worst));
            elsif v_scope.spent_usd + v_scope.reserved_usd + v_item.worst > v_scope.cap then
                v_wait := true;
            end if;
        end loop;

        if v_halt is not null then
            update batch set state = 'halted', reason = 'budget', detail = v_halt || ' Raise the budget, then resume the batch.' where id = v_item.batch_id;
        elsif v_wait then
            update item set not_before = now() + interval '1 second' where id = v_item.id;
        else
            update budget set reserved_usd = reserved_usd + coalesce(v_item.worst, 0)
                where scope in ('batch:' || v_item.batch_id, v_day_of, v_month_of);
            update item set state = 'sending', calls = v_item.number where id = v_item.id;
            return query
                insert into attempt (item_id, batch_id, number, process_id, reserved_usd)
                values (v_item.id, v_item.batch_id, v_item.number, p_process, coalesce(v_item.worst, 0))
                returning attempt.item_id, attempt.id, attempt.number, true;
        end if;
    end loop;
end
$$;
