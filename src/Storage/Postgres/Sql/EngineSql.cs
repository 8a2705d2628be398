namespace Darkroom.Storage.Postgres.Sql;

/// <summary>The statements about engines, and about lanes as people see them.</summary>
internal static class EngineSql
{
    // In one transaction with the ones after it: whoever asks at the same time waits here.
    public const string Announce = """
        -- name: Engine.Announce
        with said as (update process set engine = $2 where id = $1)
        insert into engine_owner (engine) values ($2) on conflict (only_one) do update set engine = engine_owner.engine
        """;

    public const string CountOthers = """
        -- name: Engine.CountOthers
        select (select count(*) from process where lease_until > now() and engine <> $1),
               (select count(*) from lane l left join process p on p.id = l.process_id
                where o.engine <> $1 and (l.state = 'queued' and l.queued_at > now() - $2
                                          or l.state = 'running' and p.engine is distinct from $1 and p.takes_lanes and p.lease_until > now()))
        from engine_owner o
        """;

    // What the other engine has queued would wait for it for ever.
    public const string Take = """
        -- name: Engine.Take
        with taken as (update engine_owner set engine = $1, since = now() where engine <> $1 returning 1)
        update lane set state = 'ended', ended_at = now() where state = 'queued' and exists (select from taken)
        """;

    public const string GetOwner = """
        -- name: Engine.GetOwner
        select engine from engine_owner
        """;

    public const string ListLiveTitles = """
        -- name: Engine.ListLiveTitles
        with live as materialized (select l.id, l.batch_id from lane l where l.state <> 'ended'),
        counts as materialized (
            select d.batch_id, (select count(*) from item i where i.batch_id = d.batch_id and i.state not in ('pending', 'sending')) as ended
            from (select distinct batch_id from live) d)
        select l.id, b.id, b.name, b.state, b.item_count::bigint, n.ended
        from live l join batch b on b.id = l.batch_id join counts n on n.batch_id = l.batch_id
        """;

    public const string FindTitle = """
        -- name: Engine.FindTitle
        select l.id, b.id, b.name, b.state, b.item_count::bigint, null::bigint from lane l join batch b on b.id = l.batch_id where l.id = $1
        """;
}
