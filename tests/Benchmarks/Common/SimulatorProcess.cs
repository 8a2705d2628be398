using System.Diagnostics;
using System.Globalization;
using System.Text.Json.Nodes;
using Darkroom.Simulator;

namespace Darkroom.Benchmarks.Common;

/// <summary>A simulator in a process of its own, so that its memory and threads aren't the measured process's. It ends with its standard input.</summary>
internal sealed class SimulatorProcess : IAsyncDisposable
{
    /// <summary>The hidden argument that makes this program a simulator.</summary>
    public const string Command = "serve-simulator";

    private readonly Process _process;

    private SimulatorProcess(Process process, Uri baseUrl) => (_process, BaseUrl) = (process, baseUrl);

    /// <summary>Where its API is, without a slash at the end.</summary>
    public Uri BaseUrl { get; }

    /// <summary>Starts one that answers with images of a size, without limits or faults.</summary>
    public static Task<SimulatorProcess> StartAsync(int outputBytes, TimeSpan latency) =>
        StartAsync(["--bytes", Text(outputBytes), "--latency", Text(latency.TotalSeconds)]);

    /// <summary>Starts one that keeps to so many images a minute, second by second, with small images, a latency of two seconds and a long tail.</summary>
    /// <param name="imagesPerMinute">The limit.</param>
    /// <param name="slices">Whether a second follows the other; else the limit holds in every second, wherever it begins.</param>
    public static Task<SimulatorProcess> StartPacedAsync(int imagesPerMinute, bool slices = false) =>
        StartAsync(["--bytes", "1024", "--latency", "2", "--ipm", Text(imagesPerMinute), "--tail", .. slices ? ["--slices"] : Array.Empty<string>()]);

    private static async Task<SimulatorProcess> StartAsync(string[] arguments)
    {
        var start = new ProcessStartInfo(Environment.ProcessPath!) { UseShellExecute = false, RedirectStandardInput = true, RedirectStandardOutput = true };
        // Under the dotnet host the program is its first argument.
        if (Path.GetFileNameWithoutExtension(Environment.ProcessPath) is "dotnet") start.ArgumentList.Add(Environment.GetCommandLineArgs()[0]);
        foreach (var argument in (string[])[Command, .. arguments]) start.ArgumentList.Add(argument);
        var process = Process.Start(start) ?? throw new InvalidOperationException("The simulator's process didn't start.");
        var address = await process.StandardOutput.ReadLineAsync() ?? throw new InvalidOperationException("The simulator ended before it listened.");
        return new SimulatorProcess(process, new Uri(address));
    }

    /// <summary>The body of <see cref="Command"/>: says where it listens, and serves until its input ends.</summary>
    public static async Task<int> ServeAsync(Arguments arguments)
    {
        var perMinute = arguments.Number("--ipm", int.MaxValue);
        var options = new SimulatorOptions
        {
            OutputBytes = arguments.Number("--bytes", 64 * 1024),
            Latency = arguments.Seconds("--latency", 0),
            LatencyTail = arguments.Has("--tail") ? 0.02 : 0,
            ImagesPerMinute = perMinute == int.MaxValue ? null : perMinute,
            LimitSlices = arguments.Has("--slices"),
            LimitWindow = perMinute == int.MaxValue ? TimeSpan.FromMinutes(1) : TimeSpan.FromSeconds(1),
        };
        await using var server = await SimulatorServer.StartAsync(options, CancellationToken.None);
        Console.WriteLine(server.BaseUrl);
        while (await Console.In.ReadLineAsync() is not null)
        {
            // Nothing is said to it; the end of the input is its sign to end.
        }

        return 0;
    }

    /// <summary>The most calls that it had in flight at once.</summary>
    public async Task<int> MaxInFlightAsync()
    {
        using var client = new HttpClient();
        var account = JsonNode.Parse(await client.GetStringAsync(new Uri(BaseUrl, "/simulator/account")))!;
        return (int)account["max_in_flight"]!;
    }

    /// <summary>What it let in, by second, and what it refused.</summary>
    public async Task<PaceAccount> AccountAsync()
    {
        using var client = new HttpClient();
        var account = JsonNode.Parse(await client.GetStringAsync(new Uri(BaseUrl, "/simulator/account")))!;
        var accepted = account["accepted_images"]!.AsObject().ToDictionary(second => long.Parse(second.Key, CultureInfo.InvariantCulture), second => (long)second.Value!);
        return new PaceAccount((long)account["requests"]!, (long)account["throttled"]!, accepted);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        _process.StandardInput.Close();
        await _process.WaitForExitAsync();
        _process.Dispose();
    }

    private static string Text<T>(T number) where T : IFormattable => number.ToString(null, CultureInfo.InvariantCulture);
}
