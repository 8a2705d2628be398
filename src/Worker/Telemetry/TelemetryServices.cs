using System.Reflection;
using Darkroom.Jobs.Telemetry;
using Darkroom.Worker.Configuration;
using OpenTelemetry.Logs;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace Darkroom.Worker.Telemetry;

/// <summary>Registers the export of traces, metrics and logs over OTLP, as OpenTelemetry's standard variables (<c>OTEL_*</c>) say.</summary>
internal static class TelemetryServices
{
    private const string ServiceName = "darkroom";

    /// <summary>Instruments of our own, of the database's driver, of HTTP clients and of the runtime.</summary>
    private static readonly string[] Meters = [MetricNames.Source, "Npgsql", "System.Net.Http", "System.Runtime"];

    /// <summary>Adds what <see cref="OtlpSignals"/> asks for; nothing unless it does.</summary>
    public static IServiceCollection AddDarkroomTelemetry(this IServiceCollection services, IConfiguration configuration)
    {
        var signals = OtlpSignals.Read(configuration);
        if (!signals.Any) return services;
        var telemetry = services.AddOpenTelemetry().ConfigureResource(resource => Describe(resource, configuration));
        var redactor = KnownSecrets.CreateRedactor(configuration);
        // The processors that redact stand before the exporters: they are called in this order.
        if (signals.Traces)
        {
            telemetry.WithTracing(tracing => tracing
                .AddSource(MetricNames.Source, "Npgsql", "System.Net.Http").AddProcessor(new RedactingSpanProcessor(redactor)).AddOtlpExporter());
        }

        if (signals.Metrics) telemetry.WithMetrics(metrics => metrics.AddMeter(Meters).AddOtlpExporter());
        if (!signals.Logs) return services;
        services.AddSingleton<IExternalScopeProvider>(new RedactingScopes(redactor));
        telemetry.WithLogging(logging => logging.AddProcessor(new RedactingLogProcessor(redactor)).AddOtlpExporter(), options =>
        {
            options.IncludeFormattedMessage = true;
            options.IncludeScopes = true;
        });
        return services;
    }

    /// <summary>Starts the export in a container without a host; disposing the container sends what is left.</summary>
    public static void StartTelemetry(this IServiceProvider provider)
    {
        _ = provider.GetService<TracerProvider>();
        _ = provider.GetService<MeterProvider>();
    }

    private static void Describe(ResourceBuilder resource, IConfiguration configuration)
    {
        // What the variables say goes before.
        var given = configuration["OTEL_SERVICE_NAME"] is { Length: > 0 }
            || configuration["OTEL_RESOURCE_ATTRIBUTES"]?.Contains("service.name=", StringComparison.Ordinal) == true;
        var version = typeof(TelemetryServices).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion;
        if (given) resource.AddAttributes([KeyValuePair.Create("service.version", (object)(version ?? ""))]);
        else resource.AddService(ServiceName, serviceVersion: version);
    }
}
