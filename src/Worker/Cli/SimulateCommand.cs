using System.CommandLine;
using System.Text.Json;
using System.Text.Json.Nodes;
using Darkroom.Simulator;
using Darkroom.Simulator.Faults;
using Darkroom.Simulator.Models;

namespace Darkroom.Worker.Cli;

/// <summary><c>darkroom simulate</c>.</summary>
internal static class SimulateCommand
{
    private static readonly string Description = $"""
        Runs a stand-in for the endpoint on loopback until stopped. /simulator/account shows what it billed.

        Examples:
          darkroom simulate --port 18080 --ipm 120 --latency 2s
          darkroom simulate --faults "500=0.05,reset-after=0.01,slow=0.02:5s,quota-after=100"
          darkroom simulate --usage none

        Faults: {string.Join("; ", SimulatorFaults.Names)}.
        """;

    private static readonly Dictionary<string, UsageForm> Usages =
        Enum.GetValues<UsageForm>().ToDictionary(form => JsonNamingPolicy.KebabCaseLower.ConvertName(form.ToString()).Replace("open-ai", "openai", StringComparison.Ordinal), StringComparer.Ordinal);

    public static Command Create(CliContext context)
    {
        var command = new Command("simulate", Description);
        var port = new Option<int>("--port") { Description = "TCP port; 0 picks a free one.", DefaultValueFactory = _ => 18080 };
        var ipm = new Option<int?>("--ipm") { Description = "Allowed images per minute." };
        var rpm = new Option<int?>("--rpm") { Description = "Allowed calls per minute." };
        var latency = new Option<string?>("--latency") { Description = "Mean duration of a call, such as 500ms, 2s or 00:00:02." };
        var window = new Option<string?>("--window") { Description = "Window in which limits are enforced, such as 1s. Default: one minute." };
        var slices = new Option<bool>("--slices") { Description = "Enforce limits in consecutive windows. Default: in a sliding window." };
        var faults = new Option<string?>("--faults") { Description = "What fails and how often; see above." };
        var seed = new Option<int>("--seed") { Description = "Seed for everything random.", DefaultValueFactory = _ => 1 };
        var bytes = new Option<int?>("--output-bytes") { Description = "For benchmarks: answer with a ready-made image of this many bytes." };
        var usage = new Option<string>("--usage") { Description = "How usage is reported: openai like the service, otherwise like other servers, or not at all.", DefaultValueFactory = _ => "openai" };
        usage.AcceptOnlyFromAmong([.. Usages.Keys]);
        var json = CommonOptions.Json();
        foreach (var option in new Option[] { port, ipm, rpm, latency, window, slices, faults, seed, bytes, usage, json }) command.Add(option);
        command.SetAction(async (parsed, _) =>
        {
            var options = new SimulatorOptions
            {
                Port = parsed.GetValue(port),
                ImagesPerMinute = parsed.GetValue(ipm),
                RequestsPerMinute = parsed.GetValue(rpm),
                Latency = Times.Parse(parsed.GetValue(latency), "--latency") ?? TimeSpan.Zero,
                LimitWindow = Times.Parse(parsed.GetValue(window), "--window") ?? TimeSpan.FromMinutes(1),
                LimitSlices = parsed.GetValue(slices),
                Faults = ParseFaults(parsed.GetValue(faults)),
                Seed = parsed.GetValue(seed),
                TokenRules = new TokenRules { Form = Usages[parsed.GetRequiredValue(usage)] },
                OutputBytes = parsed.GetValue(bytes),
            };
            if (options.FindProblems() is { Count: > 0 } problems) throw new CliException(string.Join(Environment.NewLine, problems));
            await using var simulator = await StartAsync(options, context.Signals.Stop);
            if (parsed.GetValue(json)) await context.Output.WriteLineAsync(new JsonObject { ["base_url"] = simulator.BaseUrl.ToString() }.ToJsonString());
            else await context.Output.WriteLineAsync($"The simulator listens: OPENAI_BASE_URL={simulator.BaseUrl} OPENAI_API_KEY=any");
            await context.Output.FlushAsync(CancellationToken.None);
            await Task.Delay(Timeout.InfiniteTimeSpan, context.Time, context.Signals.Stop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            return ExitCodes.Success;
        });
        return command;
    }

    private static async Task<SimulatorServer> StartAsync(SimulatorOptions options, CancellationToken cancellationToken)
    {
        try
        {
            return await SimulatorServer.StartAsync(options, cancellationToken);
        }
        catch (IOException exception)
        {
            throw new CliException($"The simulator can't listen on port {options.Port}: {exception.Message}");
        }
    }

    private static SimulatorFaults ParseFaults(string? text)
    {
        try
        {
            return text is null ? SimulatorFaults.None : SimulatorFaults.Parse(text);
        }
        catch (FormatException exception)
        {
            throw new CliException($"--faults: {exception.Message}");
        }
    }
}
