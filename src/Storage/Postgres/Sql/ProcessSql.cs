namespace Darkroom.Storage.Postgres.Sql;

/// <summary>The statements about processes.</summary>
internal static class ProcessSql
{
    public const string Register = """
        -- name: Process.Register
        insert into process (host, pid, version, takes_batches, lease_until) values (@host, @pid, @version, @takes_batches, now() + @lease_time) returning id
        """;

    public const string Renew = """
        -- name: Process.Renew
        update process set lease_until = clock_timestamp() + @lease_time where id = @id
        """;

    // A process that ended long ago and holds nothing is of no more use.
    public const string Retire = """
        -- name: Process.Retire
        with retired as (update process set lease_until = '-infinity', takes_batches = false where id = @id),
        slots as (delete from limit_slot where process_id = @id)
        delete from process p where p.lease_until < now() - interval '1 day' and p.id <> @id
            and not exists (select from item i where i.lease_owner = p.id)
        """;
}
