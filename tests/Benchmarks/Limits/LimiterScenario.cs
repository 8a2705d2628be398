using System.Diagnostics;
using System.Globalization;
using Darkroom.Benchmarks.Common;
using Darkroom.Jobs.Editing;
using Darkroom.Jobs.Throttling;
using Darkroom.Storage.Postgres;

namespace Darkroom.Benchmarks.Limits;

/// <summary>
/// Starts reserved a second through PostgreSQL by several processes' worth of sessions in sets as they gather in a busy worker, all dimensions limited, all in one
/// limits group: the worst case, since sessions of one group wait for each other. The baseline reserves one start at a time.
/// </summary>
internal static class LimiterScenario
{
    private const double Aim = 5000;
    private static readonly TimeSpan Lease = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan Horizon = TimeSpan.FromSeconds(1);

    // So high that nobody waits for a start: what is measured is the reserving.
    private static readonly GroupLimits Limits = new()
    {
        RequestsPerMinute = 10_000_000,
        ImagesPerMinute = 10_000_000,
        InputImagesPerMinute = 10_000_000,
        TokensPerMinute = 100_000_000_000,
        MaxInFlight = 100_000,
    };

    /// <summary>Runs the scenario.</summary>
    public static async Task<int> RunAsync(Arguments arguments)
    {
        var (sessions, set, rounds) = (arguments.Number("--sessions", 16), arguments.Number("--set", 64), arguments.Number("--rounds", 3));
        var time = arguments.Seconds("--seconds", 5);
        await using var database = await BenchDatabase.CreateAsync();
        await MeasureAsync(database, sessions, set, TimeSpan.FromSeconds(1));
        List<double> sets = [], singles = [];
        for (var round = 0; round < rounds; round++)
        {
            singles.Add(await MeasureAsync(database, sessions, 1, time));
            sets.Add(await MeasureAsync(database, sessions, set, time));
        }

        var (inSets, oneByOne) = (Report.Median(sets), Report.Median(singles));
        Report.Row("limiter", $"{sessions} sessions, {rounds} rounds of {time.TotalSeconds:0} s, medians");
        Report.Row($"  in sets of {set}", $"{inSets,8:0}/s");
        Report.Row("  one at a time", $"{oneByOne,8:0}/s   ratio {inSets / oneByOne:0.0}");
        Report.Aim($"aim {Aim}/s", inSets >= Aim, $"{inSets:0}/s");
        Report.Json(new { Scenario = "limiter", Sessions = sessions, Set = set, Rounds = rounds, PerSecond = inSets, OneByOnePerSecond = oneByOne, Aim, Met = inSets >= Aim });
        return 0;
    }

    private static async Task<double> MeasureAsync(BenchDatabase database, int sessions, int set, TimeSpan time)
    {
        var group = string.Create(CultureInfo.InvariantCulture, $"bench-{Guid.NewGuid():n}");
        var store = new PostgresLimitStore(database.DataSource, LimitScope.Of(new EndpointOptions(), account: null));
        var processes = new PostgresProcessStore(database.DataSource);
        var ids = await Task.WhenAll(Enumerable.Range(0, sessions).Select(_ => processes.RegisterAsync(takesBatches: false, Lease, CancellationToken.None)));
        CallCost[] calls = [.. Enumerable.Repeat(new CallCost(1, 1, 1000), set)];
        var clock = Stopwatch.StartNew();
        var counts = await Task.WhenAll(ids.Select(id => Task.Run(async () =>
        {
            var reserved = 0L;
            while (clock.Elapsed < time)
            {
                var granted = (await store.ReserveAsync(group, id, Limits, calls, Horizon, CancellationToken.None)).Delays.Count;
                // As a worker does: what has ended is given back with the next reservation.
                await store.SettleAsync(group, id, granted, 10, CancellationToken.None);
                reserved += granted;
            }

            return reserved;
        })));
        var perSecond = counts.Sum() / clock.Elapsed.TotalSeconds;
        foreach (var id in ids) await processes.RetireAsync(id, CancellationToken.None);
        return perSecond;
    }
}
