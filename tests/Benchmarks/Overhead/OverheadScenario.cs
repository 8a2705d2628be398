using Darkroom.Benchmarks.Common;

namespace Darkroom.Benchmarks.Overhead;

/// <summary>
/// The whole pipeline, from the first claim to the finished batch, against <see cref="BareLoop"/>: same answers, same number in flight, in turns. Once with
/// files flushed to the device on both sides, as the product does unless told otherwise, and once without on both sides.
/// </summary>
internal static class OverheadScenario
{
    private const double Aim = 0.5;

    /// <summary>Runs the scenario.</summary>
    public static async Task<int> RunAsync(Arguments arguments)
    {
        var (items, concurrency) = (arguments.Number("--items", 3000), arguments.Number("--concurrency", 64));
        var (bytes, rounds) = (arguments.Number("--kilobytes", 64) * 1024, arguments.Number("--rounds", 5));
        // One folder for all rounds, removed at the end: ext4 makes files slowly for some seconds after many were deleted.
        using var folder = new BenchFolder("overhead");
        await using var database = await BenchDatabase.CreateAsync();
        await using var simulator = await SimulatorProcess.StartAsync(bytes, TimeSpan.Zero);
        var (warm, durable) = (new Ways(), new Ways());
        // The first round warms everything up and doesn't count.
        for (var round = 0; round <= rounds; round++)
        {
            foreach (var (ways, flush) in new[] { (warm, false), (durable, true) })
            {
                var bare = items / (await BareLoop.RunAsync(simulator.BaseUrl, Folder("bare", round, flush), items, concurrency, flush)).TotalSeconds;
                var pipeline = items / (await PipelineAsync(database, simulator, Folder("images", round, flush), items, concurrency, flush)).TotalSeconds;
                if (round > 0) ways.Add(bare, pipeline);
            }
        }

        string Folder(string way, int round, bool flush) => Directory.CreateDirectory(Path.Combine(folder.Path, $"{way}-{round}-{(flush ? "flushed" : "cached")}")).FullName;

        Report.Row("overhead", $"{items} items a round, {bytes / 1024} KB, {concurrency} in flight, {rounds} rounds, medians");
        Print("files in the page cache", warm);
        Print("files flushed to the device", durable);
        Report.Aim($"aim {Aim} of the bare loop", warm.Ratio >= Aim, $"{warm.Ratio:0.00} in the page cache, {durable.Ratio:0.00} flushed");
        Report.Json(new
        {
            Scenario = "overhead",
            Items = items,
            Concurrency = concurrency,
            ImageBytes = bytes,
            Rounds = rounds,
            Cached = warm.Figures,
            Flushed = durable.Figures,
            Aim,
            Met = warm.Ratio >= Aim,
        });
        return 0;
    }

    private static void Print(string what, Ways ways) =>
        Report.Row($"  {what}", $"pipeline {ways.Pipeline,6:0}/s   bare {ways.Bare,6:0}/s   ratio {ways.Ratio:0.00}");

    private static async Task<TimeSpan> PipelineAsync(BenchDatabase database, SimulatorProcess simulator, string folder, int items, int concurrency, bool durable)
    {
        await using var worker = await BenchWorker.StartAsync(database.ConnectionString, simulator, folder, concurrency, durable);
        return await worker.WorkAsync(await worker.ImportAsync(SampleItems.Take(items)));
    }

    private sealed class Ways
    {
        private readonly List<(double Bare, double Pipeline)> _rounds = [];

        public double Bare => Report.Median(_rounds.Select(round => round.Bare));

        public double Pipeline => Report.Median(_rounds.Select(round => round.Pipeline));

        /// <summary>The median of each round's own ratio: the two runs of a round stand next to each other in time.</summary>
        public double Ratio => Report.Median(_rounds.Select(round => round.Pipeline / round.Bare));

        public object Figures => new
        {
            PipelinePerSecond = Pipeline,
            BarePerSecond = Bare,
            Ratio,
            RatioOfRounds = _rounds.Select(round => Math.Round(round.Pipeline / round.Bare, 3)),
        };

        public void Add(double bare, double pipeline) => _rounds.Add((bare, pipeline));
    }
}
