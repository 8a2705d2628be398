namespace Darkroom.Storage.Postgres.Sql;

/// <summary>The statements about answers that end alike, and about endpoints that have given images. The breaker's functions are in migrations/0001_batches.sql.</summary>
internal static class BreakerSql
{
    public const string Note = """
        -- name: Breaker.Note
        select breaker_note($1, $2, $3, $4, $5, $6, $7, $8, $9)
        """;

    public const string Resume = """
        -- name: Breaker.Resume
        select put, stays, again from breaker_resume(@batch_id)
        """;

    // After the statement that ended a probe, in its transaction: a batch that goes on by itself goes on as one that a person resumed.
    public const string ResumeProbed = """
        -- name: Breaker.ResumeProbed
        select r.put from batch b join breaker k on k.batch_id = b.id cross join lateral breaker_resume(b.id) r
        where b.id = any ($1) and b.state = 'running' and not b.probing and k.tripped
        """;

    // What is retried on purpose isn't counted together with what ended before.
    public const string Forget = """
        -- name: Breaker.Forget
        update breaker set alike = null, run = 0, said = null, refused = '{}', unclear = '{}' where batch_id = @batch_id and run > 0 and not tripped
        """;

    public const string IsProven = """
        -- name: Breaker.IsProven
        select clock_timestamp() - at from proven where endpoint = @endpoint and model = @model
        """;

    public const string Prove = """
        -- name: Breaker.Prove
        insert into proven (endpoint, model) values (@endpoint, @model)
        on conflict (endpoint, model) do update set at = excluded.at where proven.at < excluded.at - interval '10 minutes'
        """;
}
