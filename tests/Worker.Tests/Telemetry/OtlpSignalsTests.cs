using Darkroom.Worker.Telemetry;
using Microsoft.Extensions.Configuration;

namespace Darkroom.Worker.Tests.Telemetry;

public sealed class OtlpSignalsTests
{
    [Theory]
    [InlineData("", "")]
    [InlineData("OTEL_EXPORTER_OTLP_ENDPOINT=", "")]
    [InlineData("OTEL_SERVICE_NAME=x;OTEL_TRACES_EXPORTER=otlp", "")]
    [InlineData("OTEL_EXPORTER_OTLP_ENDPOINT=http://127.0.0.1:4317", "traces metrics logs")]
    [InlineData("OTEL_EXPORTER_OTLP_METRICS_ENDPOINT=http://127.0.0.1:4318/v1/metrics", "metrics")]
    [InlineData("OTEL_EXPORTER_OTLP_ENDPOINT=http://127.0.0.1:4317;OTEL_LOGS_EXPORTER=none", "traces metrics")]
    [InlineData("OTEL_EXPORTER_OTLP_ENDPOINT=http://127.0.0.1:4317;OTEL_SDK_DISABLED=true", "")]
    public void Read_StandardVariables_SayWhatIsExported(string variables, string expected)
    {
        var settings = variables.Split(';', StringSplitOptions.RemoveEmptyEntries).Select(pair => pair.Split('=', 2)).Select(pair => KeyValuePair.Create(pair[0], (string?)pair[1]));
        var signals = OtlpSignals.Read(new ConfigurationBuilder().AddInMemoryCollection(settings).Build());
        var on = new[] { signals.Traces ? "traces" : "", signals.Metrics ? "metrics" : "", signals.Logs ? "logs" : "" }.Where(name => name.Length > 0);
        string.Join(' ', on).ShouldBe(expected);
        signals.Any.ShouldBe(expected.Length > 0);
    }
}
