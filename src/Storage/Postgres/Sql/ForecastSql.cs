namespace Darkroom.Storage.Postgres.Sql;

/// <summary>The statements about paces and deadlines.</summary>
internal static class ForecastSql
{
    private const string Forecast = """
        select b.id, b.state, now() as at, b.finished_at, o.open, p.ended, p.since as ended_since, b.deadline, b.deadline_risk_at, b.deadline_missed_at,
               f.calls, f.since as calls_since, b.max_images_per_minute,
               b.window_from, b.window_to, b.window_zone,
               -- Reads every open item, so only until their own pace can be believed.
               case when p.ended < 5 then (
                   select jsonb_agg(jsonb_build_object('model', m.model, 'calls', m.calls, 'images', m.images))
                   from (select i.model, count(*) as calls, sum(coalesce((i.options ->> 'n')::int, 1)) as images
                         from item i where i.batch_id = b.id and i.state = 'pending' and i.not_before < 'infinity' group by i.model) m) end as open_calls,
               -- A limit that still rises is none: nothing was refused yet.
               case when p.ended < 5 then (
                   select jsonb_agg(jsonb_build_object('group', s.name, 'dimension', l.dimension, 'perMinute',
                              limit_learned(l.learned_per_minute, l.learned_from, extract(epoch from clock_timestamp() - l.learned_at)::double precision)))
                   from limit_scope s join limit_bucket l using (limits_group) where s.scope = @scope and l.learned_from in ('told', 'found')) end as learned
        from batch b
        cross join lateral (select count(*) as open from item i where i.batch_id = b.id and i.state in ('pending', 'sending')) o
        cross join lateral (
            select count(*) as ended, min(i.finished_at) as since from item i where i.batch_id = b.id and i.finished_at > now() - interval '10 minutes') p
        cross join lateral (
            select count(*) as calls, min(a.started_at) as since from item i join attempt a on a.item_id = i.id and a.state = 'sending'
            where i.batch_id = b.id and i.state = 'sending') f
        """;

    public const string Get = $"""
        -- name: Forecast.Get
        {Forecast}
        where b.id = @batch_id
        """;

    public const string ListWithDeadline = $"""
        -- name: Forecast.ListWithDeadline
        {Forecast}
        where b.deadline is not null and b.finished_at is null and b.deadline_missed_at is null
        order by b.deadline
        """;

    public const string NoteRisk = """
        -- name: Forecast.NoteRisk
        update batch set deadline_risk_at = now() where id = @batch_id and deadline is not null and deadline_risk_at is null and deadline_missed_at is null and finished_at is null
        """;

    public const string NoteMissed = """
        -- name: Forecast.NoteMissed
        update batch set deadline_missed_at = now() where id = @batch_id and deadline < now() and deadline_missed_at is null and finished_at is null
        """;
}
