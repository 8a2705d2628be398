namespace Darkroom.Storage.Postgres.Sql;

/// <summary>The statements about edits that were paid for before.</summary>
internal static class ReuseSql
{
    public const string Find = """
        -- name: Reuse.Find
        select x.at::int as at, i.id,
               (select jsonb_agg(jsonb_build_object('path', o.path, 'bytes', o.bytes) order by o.number) from output o where o.item_id = i.id) as outputs
        from unnest(@batch_ids::text[], @edit_keys::uuid[], @versions::uuid[], @earlier::bool[]) with ordinality as x (batch_id, edit_key, version, earlier, at)
        cross join lateral (
            select i.id from item i
            where i.edit_key = x.edit_key and i.state = 'succeeded'
              and not exists (select from batch b where b.id = i.batch_id and b.purging_since is not null)
              and (i.batch_id = x.batch_id or x.earlier and (x.version is null or i.source_version = x.version))
            order by i.id desc limit 1) i
        """;
}
