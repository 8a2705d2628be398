using System.Diagnostics;
using Darkroom.Jobs.Telemetry;
using Darkroom.Worker.Telemetry;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using OpenTelemetry.Trace;

namespace Darkroom.Worker.Tests.Telemetry;

/// <summary>What goes to a real collector has lost its secrets, wherever they stood in a record or a span.</summary>
public sealed class RedactedExportTests : IAsyncLifetime
{
    // In no other test: what they do in this process at the same time is traced, and sent here, too.
    private const string Planted = "rx9sown";

    private const string Key = $"zz-{Planted}-key-0123456789";
    private const string DataUrl = $"data:image/png;base64,iVBORw0KGgo{Planted}";
    private const string Signed = $"https://shop.example/a.png?sv=1&sig={Planted}Signature%2Bx";

    private OtlpReceiver _collector = null!;
    private ServiceProvider _services = null!;

    public async ValueTask InitializeAsync()
    {
        _collector = await OtlpReceiver.StartAsync();
        var configuration = new ConfigurationBuilder().AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["OTEL_EXPORTER_OTLP_ENDPOINT"] = _collector.Endpoint,
            ["OTEL_EXPORTER_OTLP_PROTOCOL"] = "http/protobuf",
            ["Edit:ApiKey"] = Key,
        }).Build();
        _services = new ServiceCollection().AddSingleton<IConfiguration>(configuration).AddLogging().AddDarkroomTelemetry(configuration).BuildServiceProvider();
        _services.StartTelemetry();
    }

    public async ValueTask DisposeAsync() => await _collector.DisposeAsync();

    [Fact]
    public async Task Log_SecretsInMessageAttributesScopesAndExceptions_ArriveCut()
    {
        var logger = _services.GetRequiredService<ILoggerFactory>().CreateLogger("Library");
        using (logger.BeginScope(new Dictionary<string, object?> { ["scope-name"] = $"scope-value {Signed}", ["uri"] = new Uri(Signed) }))
        {
            logger.LogWarning(new InvalidOperationException($"exception-text {Key}", new IOException($"inner-text {Signed}")), "template-text {Named} {Many}", $"attribute-value {Key} {DataUrl}", new[] { $"list-value {Signed}" });
            logger.LogWarning("only-a-message " + Signed);
        }

        await EndAsync();
        foreach (var kept in (string[])["scope-name", "scope-value", "exception-text", "inner-text", "template-text", "attribute-value", "list-value", "only-a-message", "System.InvalidOperationException", "shop.example"])
            _collector.Holds("/v1/logs", kept).ShouldBeTrue(kept);
        _collector.HoldsAnywhere(Planted).ShouldBeFalse();
    }

    [Fact]
    public async Task Span_SecretsInNameTagsAndStatus_ArriveCutAndThoseOfEventsNot()
    {
        using (var source = new ActivitySource(MetricNames.Source))
        {
            using (var span = source.StartActivity($"span-name {Key}").ShouldNotBeNull())
            {
                span.SetTag("tag-name", $"tag-value {Signed}").SetTag("count", 3);
                span.SetStatus(ActivityStatusCode.Error, $"status-text {DataUrl}");
                span.AddEvent(new ActivityEvent("harmless-event", tags: new ActivityTagsCollection { ["event-tag"] = "event-value" }));
            }

            using var failed = source.StartActivity("failed-span").ShouldNotBeNull();
            failed.AddException(new InvalidOperationException($"event-text {Key}"));
        }

        await EndAsync();
        foreach (var kept in (string[])["span-name", "tag-name", "tag-value", "status-text", "harmless-event", "event-value"])
            _collector.Holds("/v1/traces", kept).ShouldBeTrue(kept);
        _collector.HoldsAnywhere(Planted).ShouldBeFalse();
        _collector.Holds("/v1/traces", "failed-span").ShouldBeFalse("its event can't be changed");
    }

    // Disposing sends what is left; shutting down waits for that.
    private async Task EndAsync()
    {
        _services.GetRequiredService<TracerProvider>().ForceFlush();
        await _services.DisposeAsync();
    }
}
