using System.Text.Json.Nodes;
using Darkroom.Jobs.Telemetry;
using Darkroom.Worker.Tests.Processes;

namespace Darkroom.Worker.Tests.Telemetry;

/// <summary>The real program and a collector: what OpenTelemetry's standard variables ask for arrives, and nothing unless they do.</summary>
public sealed class OtlpTests
{
    [Fact]
    public async Task Run_WithAnEndpoint_SendsTracesMetricsAndLogs()
    {
        await using var collector = await OtlpReceiver.StartAsync();
        await using var world = await CliWorld.CreateAsync();
        world.Environment["OTEL_EXPORTER_OTLP_ENDPOINT"] = collector.Endpoint;
        world.Environment["OTEL_EXPORTER_OTLP_PROTOCOL"] = "http/protobuf";
        world.Environment["OTEL_RESOURCE_ATTRIBUTES"] = "deployment.environment.name=test";

        var run = await world.RunAsync("run", world.WriteManifest(2), "--size", "1024x1024", "--quality", "low", "--json");
        var batch = run.ShouldExit(0).Json["batch"]!.GetValue<string>();

        // It has sent what was left before it ended.
        var results = (await world.RunAsync("results", batch)).ShouldExit(0).Lines.Select(line => JsonNode.Parse(line)!).ToList();
        results.Count.ShouldBe(2);
        foreach (var result in results)
        {
            var trace = result["trace_id"]!.GetValue<string>();
            trace.Length.ShouldBe(32);
            collector.Holds("/v1/traces", Convert.FromHexString(trace)).ShouldBeTrue();
        }

        collector.Holds("/v1/traces", batch).ShouldBeTrue();
        results.Select(result => result["trace_id"]!.GetValue<string>()).Distinct().Count().ShouldBe(2);
        foreach (var step in new[] { "edit item", "begin attempt", "edit_image gpt-image-2", "store commit", "complete", "write set" })
            collector.Holds("/v1/traces", step).ShouldBeTrue(step);
        foreach (var metric in new[] { MetricNames.Items, MetricNames.Attempts, MetricNames.CallDuration, MetricNames.Tokens, MetricNames.Cost, MetricNames.LimiterWait, MetricNames.StoreDuration, "db.client.operation.duration", "http.client.request.duration" })
            collector.Holds("/v1/metrics", metric).ShouldBeTrue(metric);
        collector.HoldsAnywhere("deployment.environment.name").ShouldBeTrue();
        collector.HoldsAnywhere("darkroom").ShouldBeTrue();
        collector.HoldsAnywhere(CliWorld.Key).ShouldBeFalse("the key is nobody's business");
        collector.HoldsAnywhere("Password=").ShouldBeFalse();
    }

    [Fact]
    public async Task Worker_WithAnEndpoint_TellsTheQueueAndItsLogs()
    {
        await using var collector = await OtlpReceiver.StartAsync();
        await using var world = await CliWorld.CreateAsync();
        world.Environment["OTEL_EXPORTER_OTLP_ENDPOINT"] = collector.Endpoint;
        world.Environment["OTEL_EXPORTER_OTLP_PROTOCOL"] = "http/protobuf";
        world.Environment["OTEL_METRIC_EXPORT_INTERVAL"] = "250";
        var worker = world.StartWorker();

        await Poll.UntilAsync(() => collector.Holds("/v1/metrics", MetricNames.QueueAge) && collector.Holds("/v1/metrics", MetricNames.Batches), "the queue's metrics");
        await Poll.UntilAsync(() => collector.Holds("/v1/logs", "Listening on"), "the logs");
        await worker.SignalAsync("TERM");
        (await worker.WaitAsync()).ShouldExit(0);
    }

    [Fact]
    public async Task Run_WithoutAnEndpoint_RecordsNoTrace()
    {
        await using var world = await CliWorld.CreateAsync();
        // No endpoint: the rest of the variables alone export nothing, not even to the standard's default place.
        world.Environment["OTEL_SERVICE_NAME"] = "darkroom-test";
        var run = await world.RunAsync("run", world.WriteManifest(1), "--size", "1024x1024", "--quality", "low", "--json");
        var batch = run.ShouldExit(0).Json["batch"]!.GetValue<string>();
        JsonNode.Parse((await world.RunAsync("results", batch)).ShouldExit(0).Lines.Single())!["trace_id"].ShouldBeNull();
    }
}
