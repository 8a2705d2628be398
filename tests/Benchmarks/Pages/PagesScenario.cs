using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Headers;
using Darkroom.Benchmarks.Common;
using Darkroom.Benchmarks.Scale;

namespace Darkroom.Benchmarks.Pages;

/// <summary>
/// Every page of a real worker against a database with one huge batch and thousands of others: from the request to the last byte of the answer, over loopback, one
/// request after another; and what the worker's memory does meanwhile.
/// </summary>
internal static class PagesScenario
{
    private const double Aim = 100;

    /// <summary>Runs the scenario.</summary>
    public static async Task<int> RunAsync(Arguments arguments)
    {
        var (items, batches) = (arguments.Number("--items", 1_000_000), arguments.Number("--batches", 10_000));
        var (requests, perMinute) = (arguments.Number("--requests", 40), arguments.Number("--per-minute", 1000));
        using var folder = new BenchFolder("pages");
        await using var database = await BenchDatabase.CreateAsync();
        var filling = Stopwatch.GetTimestamp();
        await PageCatalogue.FillAsync(database, items, batches, perMinute);
        Report.Row("pages", $"{items} items in one batch, {batches} batches (made in {Stopwatch.GetElapsedTime(filling).TotalSeconds:0} s), {requests} requests a page, milliseconds");
        await using var simulator = await SimulatorProcess.StartAsync(1024, TimeSpan.Zero);
        await using var pool = await WorkerPool.StartAsync(1, database, simulator, folder.Path);
        using var client = new HttpClient { BaseAddress = pool.Addresses[0], Timeout = TimeSpan.FromMinutes(2) };
        client.DefaultRequestHeaders.Accept.ParseAdd("text/html");
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", (await File.ReadAllTextAsync(Path.Combine(folder.Path, ".darkroom", "token"))).Trim());

        var figures = new List<object>();
        var worst = 0.0;
        foreach (var (name, address) in await AddressesAsync(database))
        {
            for (var warm = 0; warm < 3; warm++) await GetAsync(client, address);
            var times = new List<double>();
            var bytes = 0;
            for (var request = 0; request < requests; request++)
            {
                var began = Stopwatch.GetTimestamp();
                bytes = await GetAsync(client, address);
                times.Add(Stopwatch.GetElapsedTime(began).TotalMilliseconds);
            }

            times.Sort();
            var (median, p95) = (Report.Median(times), times[Math.Min(times.Count - 1, (int)Math.Ceiling(times.Count * 0.95) - 1)]);
            worst = Math.Max(worst, p95);
            Report.Row($"  {name}", $"median {median,6:0.0}   p95 {p95,6:0.0}   {bytes / 1024.0,6:0} KB{(p95 >= Aim ? "   MISSED" : "")}");
            figures.Add(new { Page = name, MedianMs = Math.Round(median, 1), P95Ms = Math.Round(p95, 1), Bytes = bytes });
        }

        var peak = pool.PeakWorkingSet;
        Report.Row("  worker's peak working set", $"{Report.Megabytes(peak),6:0} MB");
        Report.Aim($"aim {Aim:0} ms", worst < Aim, $"p95 of the slowest page {worst:0} ms");
        Report.Json(new { Scenario = "pages", Items = items, Batches = batches, Requests = requests, PerMinute = perMinute, Pages = figures, WorstP95Ms = Math.Round(worst, 1), PeakWorkingSetMb = Math.Round(Report.Megabytes(peak)), Aim, Met = worst < Aim });
        return 0;
    }

    private static async Task<int> GetAsync(HttpClient client, string address)
    {
        using var response = await client.GetAsync(new Uri(address, UriKind.Relative));
        var body = await response.Content.ReadAsByteArrayAsync();
        return response.IsSuccessStatusCode ? body.Length : throw new InvalidOperationException($"{address} answered {(int)response.StatusCode}.");
    }

    private static async Task<IReadOnlyList<(string Name, string Address)>> AddressesAsync(BenchDatabase database)
    {
        var middle = await database.ScalarAsync<long>($"select (min(id) + max(id)) / 2 from item where batch_id = '{PageCatalogue.Huge}'");
        var (huge, after) = ($"/batches/{PageCatalogue.Huge}", middle.ToString(CultureInfo.InvariantCulture));
        return
        [
            ("batches", "/"), ("batches, one state", "/?state=completed_with_errors"), ("batches, searched", "/?text=night+99"), ("batches, not found", "/?text=nothing+like+it"),
            ("batches, by tag", "/?tag=brand%3Dbrand-7"), ("batches, oldest", "/?sort=oldest"),
            ("batch", huge), ("batch, page in the middle", $"{huge}?after={after}"), ("batch, failed", $"{huge}?state=failed"), ("batch, one reason", $"{huge}?reason={Uri.EscapeDataString(PageCatalogue.Reason)}"),
            ("batch, searched", $"{huge}?text=SKU-0099"), ("batch, not found", $"{huge}?text=nothing+like+it"), ("batch, by tag", $"{huge}?tag=season%3Dautumn"),
            ("item", $"/items/{after}"), ("item in a list", $"/items/{after}?state=succeeded"), ("review", $"{huge}/review"), ("review, gone on with", $"{huge}/review?after=last"),
            ("refusals", $"{huge}/refusals"), ("batches, dearest", "/?sort=cost"),
            ("costs by model", "/costs"), ("costs by batch", "/costs?by=batch"), ("costs by user", "/costs?by=user"), ("costs by day", "/costs?by=day"), ("costs by tag", "/costs?by=tag%3Abrand"),
            ("costs of a year by batch", "/costs?from=2025-12-01&by=batch"), ("limits", "/limits"), ("schedules", "/schedules"), ("models", "/models"), ("workers", "/workers"), ("submit", "/submit"),
            ("API: batches", "/v1/batches"), ("API: batch", $"/v1/batches/{PageCatalogue.Huge}"), ("API: items", $"/v1/batches/{PageCatalogue.Huge}/items?state=failed"), ("API: usage", "/v1/reports/usage?by=model"),
        ];
    }
}
