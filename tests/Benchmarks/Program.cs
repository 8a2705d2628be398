using Darkroom.Benchmarks.Claim;
using Darkroom.Benchmarks.Cold;
using Darkroom.Benchmarks.Common;
using Darkroom.Benchmarks.Decode;
using Darkroom.Benchmarks.Jobs;
using Darkroom.Benchmarks.Estimate;
using Darkroom.Benchmarks.Fair;
using Darkroom.Benchmarks.Growth;
using Darkroom.Benchmarks.Import;
using Darkroom.Benchmarks.Limits;
using Darkroom.Benchmarks.Memory;
using Darkroom.Benchmarks.Night;
using Darkroom.Benchmarks.Overhead;
using Darkroom.Benchmarks.Pace;
using Darkroom.Benchmarks.Pages;
using Darkroom.Benchmarks.Scale;

return args switch
{
    [SimulatorProcess.Command, ..] => await SimulatorProcess.ServeAsync(new Arguments(args)),
    [WorkerProcess.Command, ..] => await WorkerProcess.ServeAsync(new Arguments(args)),
    ["pace", ..] => await PaceScenario.RunAsync(new Arguments(args)),
    ["cold", ..] => await ColdScenario.RunAsync(new Arguments(args)),
    ["fair", ..] => await FairScenario.RunAsync(new Arguments(args)),
    ["limiter", ..] => await LimiterScenario.RunAsync(new Arguments(args)),
    ["overhead", ..] => await OverheadScenario.RunAsync(new Arguments(args)),
    ["memory", ..] => await MemoryScenario.RunAsync(new Arguments(args)),
    ["import", ..] => await ImportScenario.RunAsync(new Arguments(args)),
    ["claim", ..] => await ClaimScenario.RunAsync(new Arguments(args)),
    ["decode", ..] => await DecodeScenario.RunAsync(args),
    ["growth", ..] => await GrowthScenario.RunAsync(new Arguments(args)),
    ["night", ..] => await NightScenario.RunAsync(new Arguments(args)),
    ["scale", ..] => await ScaleScenario.RunAsync(new Arguments(args)),
    ["jobs", ..] => await JobScenario.RunAsync(new Arguments(args)),
    ["pages", ..] => await PagesScenario.RunAsync(new Arguments(args)),
    ["estimate", ..] => await EstimateScenario.RunAsync(args),
    ["smoke", ..] => await SmokeAsync(),
    [] => Usage(0),
    _ => Usage(2),
};

static async Task<int> SmokeAsync()
{
    var codes = new[]
    {
        await OverheadScenario.RunAsync(new Arguments(["--items", "64", "--concurrency", "8", "--rounds", "1"])),
        await MemoryScenario.RunAsync(new Arguments(["--items", "16", "--in-flight", "8", "--megabytes", "1"])),
        await ImportScenario.RunAsync(new Arguments(["--rows", "2000"])),
        await ClaimScenario.RunAsync(new Arguments(["--items", "1000", "--baseline", "50", "--rounds", "1"])),
        await GrowthScenario.RunAsync(new Arguments(["--items", "500"])),
        await NightScenario.RunAsync(new Arguments(["--items", "200"])),
        await JobScenario.RunAsync(new Arguments(["--batches", "2", "--jobs", "5"])),
        await LimiterScenario.RunAsync(new Arguments(["--rounds", "1", "--seconds", "0.5"])),
        await PagesScenario.RunAsync(new Arguments(["--items", "2000", "--batches", "50", "--requests", "2"])),
        await DecodeScenario.RunAsync(["--rounds", "1", "--images", "1", "--megabytes", "1"]),
    };
    return codes.Max();
}

static int Usage(int code)
{
    Console.Error.WriteLine("""
        usage: dotnet run -c Release --project tests/Benchmarks -- SCENARIO [options]

        Each scenario prints a table on stderr and one line of JSON on stdout. PostgreSQL is the server of DARKROOM_TEST_POSTGRES, else a private cluster
        in a folder for temporary files, with fsync on.

        overhead   items a second through the whole pipeline against a bare HttpClient loop; aim 0.5 of it
                   --items N (3000)  --concurrency N (64)  --kilobytes N an image (64)  --rounds N (5)
        memory     peak working set over idle while many large images are in flight; aim 250 MB
                   --items N (800)  --in-flight N (400)  --megabytes N an image (8)  --latency SECONDS a call (2)  --no-durable
        import     rows a second from a JSONL file into PostgreSQL; aim 50,000 a second, peak working set 300 MB
                   --rows N (1000000)  --no-baseline
        claim      items a second claimed, begun and completed in sets, against one at a time; aim 5,000 a second
                   --items N (100000)  --workers N (4)  --set N (64)  --baseline N items one at a time (5000)  --rounds N (3)
        decode     reading answers with large images: streamed against JsonDocument
                   --rounds N (7)  --images N a round (8)  --megabytes N an image (8)
        pace       share of an allowance used and calls refused, enforced second by second; aim 99 % and 1 of 1,000
                   --rate N a minute (600, 6000, 60000)  --workers N (1, 2, 4)  --seconds N (20)  --warm-up SECONDS (60)  --no-baselines
                   --sliding: enforced in every second, wherever it begins, which is stricter than slices
        cold       limits unknown: time until 95 % of the real one is used, calls refused on the way; aim 60 s
                   --rate N a minute (6000)  --workers N (2)  --seconds N of patience (90)  --no-baselines
        fair       how evenly equal batches progress, by Jain's index; aim 0.98
                   --batches N (8)  --rate N a minute (6000)  --workers N (2)  --seconds N (30)
        limiter    starts reserved a second through PostgreSQL by many sessions in one group; aim 5,000 a second
                   --sessions N (16)  --set N (64)  --rounds N (3)  --seconds N a round (5)
        estimate   a manifest of a million rows; aim 20 s and a peak working set of 300 MB
        growth     bytes that each table takes for a million items
                   --items N (100000)
        night      an unchanged catalogue with reuse on: time, statements, calls; aim 60 s for 100,000 and no call
                   --items N (100000)  --concurrency N (64)
        scale      items a second of 1, 2 and 4 worker processes without limits, and what holds them up
                   --items N a run (6000)  --kilobytes N an image (16)
        jobs       from enqueueing the job of a batch to its start; and what a job per item would cost
                   --batches N (30)  --jobs N (500)
        pages      every page of the dashboard before one huge batch and thousands of others; aim 100 ms at the 95th percentile
                   --items N (1000000)  --batches N (10000)  --requests N a page (40)  --per-minute N items that ended up to now (1000)
        smoke      all of them, small, in seconds: shows that they run, measures nothing
        """);
    return code;
}
