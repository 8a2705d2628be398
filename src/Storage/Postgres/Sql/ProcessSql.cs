namespace Darkroom.Storage.Postgres.Sql;

/// <summary>The statements about processes.</summary>
internal static class ProcessSql
{
    public const string Register = """
        -- name: Process.Register
        insert into process (host, pid, version, takes_batches, lease_until) values ($1, $2, $3, $4, now() + $5) returning id
        """;

    public const string Renew = """
        -- name: Process.Renew
        update process set lease_until = clock_timestamp() + $2 where id = $1
        """;

    // A process that ended long ago and holds nothing is of no more use.
    public const string Retire = """
        -- name: Process.Retire
        with retired as (update process set lease_until = '-infinity', takes_batches = false where id = $1),
        slots as (delete from limit_slot where process_id = $1)
        delete from process p where p.lease_until < now() - interval '1 day' and p.id <> $1
            and not exists (select from item i where i.lease_owner = p.id)
        """;
}
