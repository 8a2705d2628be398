namespace Darkroom.Storage.Postgres.Sql;

/// <summary>The statements about purges.</summary>
internal static class PurgeSql
{
    // Images that items of another batch share are theirs as well.
    private const string Sharer = """
        (select r.batch_id from item i join item r on r.reused_from = i.id where i.batch_id = b.id and r.batch_id <> b.id limit 1)
        """;

    private const string IsOpen = "exists (select from item i where i.batch_id = b.id and i.state in ('pending', 'sending'))";

    public const string Lock = """
        -- name: Purge.Lock
        select from batch where id = @batch_id for update
        """;

    public const string Look = $"""
        -- name: Purge.Look
        select b.state, b.finished_at, b.purging_since is not null as is_purging, {IsOpen} as is_open, {Sharer} as sharer from batch b where b.id = @batch_id
        """;

    public const string Count = """
        -- name: Purge.Count
        select (select count(*) from item where batch_id = @batch_id) as items,
               (select count(*) from output o join item i on i.id = o.item_id where i.batch_id = @batch_id) as outputs,
               (select coalesce(sum(o.bytes), 0)::bigint from output o join item i on i.id = o.item_id where i.batch_id = @batch_id) as bytes,
               (select count(*) from uploaded_file_use where batch_id = @batch_id) as uploads
        """;

    public const string Find = $"""
        -- name: Purge.Find
        select b.id from batch b
        where b.purging_since is not null
           or b.finished_at < now() - @age::interval and not {IsOpen} and {Sharer} is null
        order by b.finished_at
        """;

    public const string Begin = """
        -- name: Purge.Begin
        update batch set purging_since = coalesce(purging_since, now()), delete_uploads = true,
                         detail = 'It is being purged; ''darkroom purge ' || id || ''' goes on with it, as a worker does.'
        where id = @batch_id
        """;

    public const string IsPurging = """
        -- name: Purge.IsPurging
        select exists (select from batch where id = @batch_id and purging_since is not null)
        """;

    public const string ReadStems = """
        -- name: Purge.ReadStems
        select output_name from item where batch_id = @batch_id and output_name >= '/' and output_name < '0' order by id
        """;

    public const string RemoveItems = """
        -- name: Purge.RemoveItems
        with gone as materialized (
            select i.id, i.options from item i join batch b on b.id = i.batch_id where b.id = @batch_id and b.purging_since is not null order by i.id limit @limit),
        kept as (
            update ledger l set options = jsonb_strip_nulls(jsonb_build_object('size', g.options -> 'size', 'quality', g.options -> 'quality', 'n', g.options -> 'n'))
            from gone g where l.item_id = g.id)
        delete from item where id in (select id from gone)
        """;

    public const string RemoveBatch = """
        -- name: Purge.RemoveBatch
        with account as (delete from budget where scope = 'batch:' || @batch_id and exists (select from batch where id = @batch_id and purging_since is not null))
        delete from batch where id = @batch_id and purging_since is not null
        """;

    // Held by the connection: it ends with the process that holds it.
    public const string TakeTurn = """
        -- name: Purge.TakeTurn
        select pg_try_advisory_lock(7240892)
        """;

    public const string EndTurn = """
        -- name: Purge.EndTurn
        select pg_advisory_unlock(7240892)
        """;
}
