using System.Text.Json.Nodes;
using Darkroom.Simulator;
using Darkroom.Worker.Tests.Processes;
using Npgsql;

namespace Darkroom.Worker.Tests.Pace;

/// <summary>What tests of the pace have to hand.</summary>
internal static class PaceWorld
{
    /// <summary>A world whose calls all take as long.</summary>
    public static Task<CliWorld> CreateAsync(TimeSpan latency, Func<SimulatorOptions, SimulatorOptions>? simulator = null)
    {
        var options = new SimulatorOptions { Latency = latency, LatencyJitter = 0, LatencyTail = 0, OutputBytes = 2048 };
        return CliWorld.CreateAsync(simulator?.Invoke(options) ?? options);
    }

    /// <summary>Starts so many workers and waits until they work.</summary>
    public static async Task<DarkroomProcess[]> StartWorkersAsync(this CliWorld world, int count)
    {
        DarkroomProcess[] workers = [.. Enumerable.Range(0, count).Select(_ => world.StartWorker())];
        foreach (var worker in workers) await worker.UntilPrintedAsync("Listening on");
        return workers;
    }

    /// <summary>Submits so many rows of one prompt.</summary>
    public static async Task<string> SubmitRowsAsync(this CliWorld world, string prompt, int items, params string[] flags)
    {
        var manifest = world.WriteManifest(items, prompt, $"{prompt}.jsonl");
        var submitted = await world.RunAsync(["submit", manifest, "--size", "1024x1024", "--quality", "low", "--json", .. flags]);
        return submitted.ShouldExit(0).Json["batch"]!.GetValue<string>();
    }

    /// <summary>Sends the processes started from now on to the database by another port, unencrypted.</summary>
    public static void ReachDatabaseBy(this CliWorld world, int port) =>
        world.Environment["ConnectionStrings__Postgres"] =
            new NpgsqlConnectionStringBuilder(world.Database.ConnectionString) { Host = "127.0.0.1", Port = port, SslMode = SslMode.Disable }.ConnectionString;

    /// <summary>One line of <c>limits --json</c>.</summary>
    public static async Task<JsonNode> LimitAsync(this CliWorld world, string group, string dimension) =>
        (await world.RunAsync("limits", "--json")).ShouldExit(0).Json.AsArray().Single(line => line!["group"]!.GetValue<string>() == group && line["dimension"]!.GetValue<string>() == dimension)!;

    /// <summary>The most images that the account let in within so many seconds on end.</summary>
    public static long MostAccepted(this CliWorld world, int seconds)
    {
        var accepted = world.Simulator.Account.Summary.AcceptedImages;
        return accepted.Keys.Max(from => accepted.Where(second => second.Key >= from && second.Key < from + seconds).Sum(second => second.Value));
    }

    /// <summary>How many calls of a prompt were billed so far.</summary>
    public static int Billed(this CliWorld world, string prompt) => world.Simulator.Account.Billed.Count(edit => edit.Prompt == prompt);
}
