using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Darkroom.Jobs.Costs;
using Darkroom.Jobs.Estimates;
using Darkroom.Jobs.Manifests;
using Darkroom.Jobs.Reuse;
using Darkroom.Worker.Hosting;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace Darkroom.Benchmarks.Estimate;

/// <summary>
/// Estimates a long manifest, as <c>darkroom estimate</c> does, in this process. Arguments: <c>--rows N</c> (1,000,000), <c>--rounds N</c> (3).
/// The first round is cold, as the command is; the time that counts is the slowest round's, the memory the process's peak.
/// </summary>
public static class EstimateScenario
{
    /// <summary>What an estimate may take, seconds.</summary>
    private const double MostSeconds = 20;

    /// <summary>What an estimate may take, MB of resident memory.</summary>
    private const double MostMegabytes = 300;

    private static readonly string[] Qualities = ["low", "medium", "high", "auto"];
    private static readonly string[] Sizes = ["1024x1024", "1536x1024", "1024x1536"];
    private static readonly string[] Models = ["gpt-image-2", "gpt-image-1.5", "gpt-image-2.6-flare"];

    /// <summary>Runs the scenario; prints one JSON object on standard output and a line on standard error.</summary>
    public static async Task<int> RunAsync(string[] args)
    {
        ArgumentNullException.ThrowIfNull(args);
        var rows = Argument(args, "--rows", 1_000_000);
        var rounds = Argument(args, "--rounds", 3);
        var folder = Directory.CreateTempSubdirectory("darkroom-estimate-").FullName;
        try
        {
            var path = Path.Combine(folder, "catalogue.jsonl");
            await WriteAsync(path, rows);
            List<double> seconds = [];
            ManifestEstimate? estimate = null;
            for (var round = 0; round < rounds; round++)
            {
                var started = Stopwatch.GetTimestamp();
                estimate = await EstimateAsync(path);
                seconds.Add(Stopwatch.GetElapsedTime(started).TotalSeconds);
                if (estimate.Total.Items != rows) throw new InvalidOperationException($"{estimate.Total.Items} of {rows} rows were estimated: {estimate.Problems.FirstOrDefault()}");
            }

            using var process = Process.GetCurrentProcess();
            var megabytes = process.PeakWorkingSet64 / 1e6;
            Print(rows, seconds, megabytes, new FileInfo(path).Length, estimate!);
            return seconds.Max() <= MostSeconds && megabytes <= MostMegabytes ? 0 : 1;
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static async Task<ManifestEstimate> EstimateAsync(string path)
    {
        var services = new ServiceCollection().AddLogging().AddDarkroomPlanning(new ConfigurationBuilder().Build());
        await using var provider = services.BuildServiceProvider();
        await using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, 1 << 16, FileOptions.SequentialScan | FileOptions.Asynchronous);
        var plan = provider.GetRequiredService<ManifestPlanner>().Open(stream, ManifestSource.OfFile(path), BatchDefaults.Empty with { Prompt = "Put {{product}} on a white background" });
        return await provider.GetRequiredService<ManifestEstimator>().EstimateAsync(plan, ReuseMode.Duplicates, caps: null, CancellationToken.None);
    }

    private static async Task WriteAsync(string path, int rows)
    {
        await using var writer = new StreamWriter(path, append: false, System.Text.Encoding.UTF8, 1 << 16);
        for (var i = 0; i < rows; i++)
        {
            var mask = i % 50 == 0 ? ",\"mask\":\"https://shop.example/masks/round.png\"" : "";
            await writer.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $$$"""
                {"id":"SKU-{{{i:000000}}}","images":["https://shop.example/catalogue/{{{i % 997}}}/product-{{{i}}}.png"]{{{mask}}},"vars":{"product":"the {{{new string('x', i % 40)}}} article"},"options":{"model":"{{{Models[i % 3]}}}","quality":"{{{Qualities[i / 3 % 4]}}}","size":"{{{Sizes[i / 12 % 3]}}}","n":{{{1 + (i / 36 % 2)}}}},"tags":{"brand":"b{{{i % 20}}}"}}
                """));
        }
    }

    private static void Print(int rows, List<double> seconds, double megabytes, long bytes, ManifestEstimate estimate)
    {
        Console.WriteLine(JsonSerializer.Serialize(new
        {
            scenario = "estimate",
            rows,
            manifest_bytes = bytes,
            seconds = seconds.Max(),
            rounds_seconds = seconds.Select(s => Math.Round(s, 3)),
            rows_per_s = rows / seconds.Max(),
            peak_mb = megabytes,
            expected_usd = Money.Format(estimate.Total.ExpectedUsd),
            worst_usd = Money.Format(estimate.Total.WorstUsd),
        }));
        Console.Error.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{rows:N0} rows in {seconds.Max():0.0} s (aim: {MostSeconds:0} s), {megabytes:0} MB at most (aim: {MostMegabytes:0} MB)"));
    }

    private static int Argument(string[] args, string name, int otherwise)
    {
        var at = Array.IndexOf(args, name);
        return at >= 0 && at + 1 < args.Length && int.TryParse(args[at + 1], CultureInfo.InvariantCulture, out var number) && number > 0 ? number : otherwise;
    }
}
