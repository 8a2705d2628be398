using Darkroom.Testing.Postgres;
using Npgsql;

namespace Darkroom.Worker.Tests.Faults;

/// <summary>
/// Measures how long the items of a worker that was struck stay its own: from the database's time just before the blow to the database's time at which the last
/// of the claims it held was seen to be gone. Looks every 100 ms.
/// </summary>
internal sealed class TakeoverWatch(TestDatabase database)
{
    private const string Held = """
        select i.id, i.lease_token from item i
        where i.lease_owner = (select max(id) from process where pid = $1)
        """;

    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(3);

    private readonly List<Task<TimeSpan>> _watches = [];

    /// <summary>The database's time.</summary>
    public async Task<DateTime> NowAsync()
    {
        await using var command = database.DataSource.CreateCommand("select clock_timestamp()");
        return (DateTime)(await command.ExecuteScalarAsync(TestContext.Current.CancellationToken))!;
    }

    /// <summary>Begins to watch what a worker holds that can't do anything more.</summary>
    /// <param name="processId">The worker's process.</param>
    /// <param name="struck">When it was struck, by the database.</param>
    public async Task BeginAsync(int processId, DateTime struck)
    {
        var (ids, tokens) = (new List<long>(), new List<long>());
        await using (var command = database.DataSource.CreateCommand(Held))
        {
            command.Parameters.Add(new() { Value = processId });
            await using var reader = await command.ExecuteReaderAsync(TestContext.Current.CancellationToken);
            while (await reader.ReadAsync(TestContext.Current.CancellationToken))
            {
                ids.Add(reader.GetInt64(0));
                tokens.Add(reader.GetInt64(1));
            }
        }

        if (ids.Count > 0) _watches.Add(UntilTakenAsync([.. ids], [.. tokens], struck));
    }

    /// <summary>The longest of all, once all are over; zero when nothing was held.</summary>
    public async Task<TimeSpan> LongestAsync() => _watches.Count == 0 ? TimeSpan.Zero : (await Task.WhenAll(_watches).WaitAsync(Patience)).Max();

    private async Task<TimeSpan> UntilTakenAsync(long[] ids, long[] tokens, DateTime struck)
    {
        while (true)
        {
            await Task.Delay(100, TestContext.Current.CancellationToken);
            try
            {
                await using var command = database.DataSource.CreateCommand(
                    "select clock_timestamp(), exists (select from item i join unnest($1::bigint[], $2::bigint[]) as h (id, token) on h.id = i.id and h.token = i.lease_token)");
                command.Parameters.Add(new() { Value = ids });
                command.Parameters.Add(new() { Value = tokens });
                await using var reader = await command.ExecuteReaderAsync(TestContext.Current.CancellationToken);
                await reader.ReadAsync(TestContext.Current.CancellationToken);
                if (!reader.GetBoolean(1)) return reader.GetDateTime(0) - struck;
            }
            catch (NpgsqlException)
            {
                // The database is away just now; the next look tells.
            }
        }
    }
}
