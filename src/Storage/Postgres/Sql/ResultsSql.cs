namespace Darkroom.Storage.Postgres.Sql;

/// <summary>The statements about results files.</summary>
internal static class ResultsSql
{
    public const string Claim = """
        -- name: Results.Claim
        update batch set results_by = @process_id
        where id = (
            select b.id from batch b
            where b.finished_at is not null and b.results_of is distinct from b.finished_at and b.purging_since is null and (@batch_id::text is null or b.id = @batch_id)
              and not exists (select from process p where p.id = b.results_by and p.lease_until > now())
              and not exists (select from item i where i.batch_id = b.id and i.state in ('pending', 'sending'))
            order by b.finished_at limit 1 for update skip locked)
        returning id, finished_at
        """;

    public const string Finish = """
        -- name: Results.Finish
        update batch set results_of = case when finished_at = @finished_at then finished_at else results_of end, results_by = null where id = @batch_id and results_by = @process_id
        """;

    public const string Release = """
        -- name: Results.Release
        update batch set results_by = null where id = @batch_id and results_by = @process_id
        """;
}
