namespace Darkroom.Storage.Postgres.Sql;

/// <summary>The statements that remove what nobody needs any more: each at most @most rows, older than @keep.</summary>
internal static class HousekeepingSql
{
    // One process at a time; a process that doesn't get the lock has nothing to do. The key is housekeeping's own: purges have another, and both run when a worker starts.
    public const string TakeTurn = """
        -- name: Housekeeping.TakeTurn
        select pg_try_advisory_xact_lock(7240894)
        """;

    // What it still holds is recovered first; that goes by its row.
    public const string Processes = """
        -- name: Housekeeping.Processes
        delete from process where id in (
            select p.id from process p
            where p.lease_until < now() - @keep and p.started_at < now() - @keep
              and not exists (select from item i where i.lease_owner = p.id)
            order by p.id limit @most for update skip locked)
        """;

    public const string LimitSlots = """
        -- name: Housekeeping.LimitSlots
        delete from limit_slot where (limits_group, process_id) in (
            select s.limits_group, s.process_id from limit_slot s join process p on p.id = s.process_id where p.lease_until < now() - @keep limit @most)
        """;

    public const string ToldLimits = """
        -- name: Housekeeping.ToldLimits
        delete from limit_told where (limits_group, dimension) in (select limits_group, dimension from limit_told where told_at < now() - @keep limit @most)
        """;

    // A day's or month's account is opened again from the ledger, should anyone ask for it. Calls may run over midnight, and settle with the day they began on.
    public const string Budgets = """
        -- name: Housekeeping.Budgets
        delete from budget where scope in (
            select b.scope from budget b
            where b.reserved_usd = 0
              and (b.scope >= 'day:' and b.scope < 'day:' || to_char((now() - interval '7 days' - @keep) at time zone 'UTC', 'YYYY-MM-DD')
                or b.scope >= 'month:' and b.scope < 'month:' || to_char((now() - interval '62 days' - @keep) at time zone 'UTC', 'YYYY-MM')
                or b.scope like 'batch:%' and not exists (select from batch x where x.id = substr(b.scope, 7)))
            limit @most for update skip locked)
        """;

    // The service has removed the file by itself; a file that is wanted again is uploaded again.
    public const string Uploads = """
        -- name: Housekeeping.Uploads
        delete from uploaded_file where (endpoint, sha256) in (
            select f.endpoint, f.sha256 from uploaded_file f where f.state in ('ready', 'deleting') and f.expires_at < now() - @keep limit @most for update skip locked)
        """;
}
