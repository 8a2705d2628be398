using System.Diagnostics;
using Darkroom.Benchmarks.Common;
using Darkroom.Jobs.Batches;
using Darkroom.Jobs.Manifests;
using Darkroom.Jobs.Models;
using Darkroom.Jobs.Throttling;
using Darkroom.Storage.Postgres;
using Microsoft.Extensions.Options;

namespace Darkroom.Benchmarks.Import;

/// <summary>
/// A JSONL file into PostgreSQL by the way that every submit takes, planner, checks and COPY, in one transaction. Beside it the planner alone, and
/// <see cref="ServerAlone"/>.
/// </summary>
internal static class ImportScenario
{
    private const double AimRowsPerSecond = 50_000;
    private const double AimMegabytes = 300;

    /// <summary>Runs the scenario.</summary>
    public static async Task<int> RunAsync(Arguments arguments)
    {
        var rows = arguments.Number("--rows", 1_000_000);
        using var folder = new BenchFolder("import");
        await using var database = await BenchDatabase.CreateAsync();
        var manifest = Path.Combine(folder.Path, "manifest.jsonl");
        await SampleManifest.WriteAsync(manifest, rows);
        Console.Error.WriteLine($"{rows} rows, {new FileInfo(manifest).Length / 1e6:0} MB");
        var planner = new ManifestPlanner([new ModelCheck(ModelBook.Load(null), Options.Create(new LimitsOptions()), Options.Create(new Darkroom.Jobs.Editing.EndpointOptions()), TimeProvider.System)]);
        // Warms the code up; the database starts empty all the same.
        await ImportAsync(database, planner, await SmallAsync(folder));
        await database.ExecuteAsync("truncate item, batch cascade");
        await database.ExecuteAsync("checkpoint");

        var idle = WorkingSetWatch.Settled();
        TimeSpan import;
        long peak;
        using var process = Process.GetCurrentProcess();
        var busy = process.TotalProcessorTime;
        await using (var watch = new WorkingSetWatch())
        {
            import = await ImportAsync(database, planner, manifest);
            peak = watch.Peak;
        }

        process.Refresh();
        // Says more than rows a second where other work keeps the machine busy.
        busy = process.TotalProcessorTime - busy;
        if (await database.ScalarAsync<long>("select count(*) from item") != rows) throw new InvalidOperationException("Not all rows are there.");
        var plan = await PlanAsync(planner, manifest);
        var alone = arguments.Has("--no-baseline") ? (TimeSpan?)null : await ServerAlone.RunAsync(database, Path.Combine(folder.Path, "rows.bin"));
        Print(rows, import, busy, plan, alone, idle, peak);
        return 0;
    }

    private static async Task<string> SmallAsync(BenchFolder folder)
    {
        var path = Path.Combine(folder.Path, "small.jsonl");
        await SampleManifest.WriteAsync(path, 5000);
        return path;
    }

    private static async Task<TimeSpan> ImportAsync(BenchDatabase database, ManifestPlanner planner, string manifest)
    {
        var store = new PostgresBatchStore(database.DataSource);
        var flags = new BatchDefaults(SampleManifest.Prompt, BatchDefaults.Empty.Options, BatchDefaults.Empty.Tags);
        await using var stream = Open(manifest);
        var started = Stopwatch.GetTimestamp();
        var items = planner.Open(stream, ManifestSource.OfFile(manifest), flags).ReadAsync();
        await store.ImportAsync(new NewBatch(BatchIds.Create(TimeProvider.System), "benchmark", flags), items, CancellationToken.None);
        return Stopwatch.GetElapsedTime(started);
    }

    private static async Task<TimeSpan> PlanAsync(ManifestPlanner planner, string manifest)
    {
        var flags = new BatchDefaults(SampleManifest.Prompt, BatchDefaults.Empty.Options, BatchDefaults.Empty.Tags);
        await using var stream = Open(manifest);
        var started = Stopwatch.GetTimestamp();
        await foreach (var item in planner.Open(stream, ManifestSource.OfFile(manifest), flags).ReadAsync()) GC.KeepAlive(item);
        return Stopwatch.GetElapsedTime(started);
    }

    // As the command line opens it.
    private static FileStream Open(string manifest) =>
        new(manifest, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 1 << 16, FileOptions.SequentialScan | FileOptions.Asynchronous);

    private static void Print(int rows, TimeSpan import, TimeSpan busy, TimeSpan plan, TimeSpan? alone, long idle, long peak)
    {
        var (perSecond, megabytes) = (rows / import.TotalSeconds, Report.Megabytes(peak));
        var server = alone is { } time ? rows / time.TotalSeconds : (double?)null;
        Report.Row("import", $"{rows} rows in {import.TotalSeconds:0.0} s");
        Report.Row("  import", $"{perSecond,9:0} rows/s   {busy.TotalMicroseconds / rows:0.0} us of this process's CPU a row");
        Report.Row("  plan only", $"{rows / plan.TotalSeconds,9:0} rows/s");
        if (server is not null) Report.Row("  server alone", $"{server,9:0} rows/s   ratio {perSecond / server:0.00}");
        Report.Aim($"aim {AimRowsPerSecond:0} rows/s", perSecond >= AimRowsPerSecond, $"{perSecond:0}");
        Report.Aim($"aim peak of {AimMegabytes} MB", megabytes <= AimMegabytes, $"{megabytes:0} MB (before it {Report.Megabytes(idle):0} MB)");
        Report.Json(new
        {
            Scenario = "import",
            Rows = rows,
            Seconds = import.TotalSeconds,
            RowsPerSecond = perSecond,
            CpuMicrosecondsPerRow = busy.TotalMicroseconds / rows,
            PlanOnlyRowsPerSecond = rows / plan.TotalSeconds,
            ServerAloneRowsPerSecond = server,
            Ratio = perSecond / server,
            PeakWorkingSetBytes = peak,
            IdleWorkingSetBytes = idle,
            AimRowsPerSecond,
            AimMegabytes,
            Met = perSecond >= AimRowsPerSecond && megabytes <= AimMegabytes,
        });
    }
}
