namespace Darkroom.Worker.Telemetry;

/// <summary>
/// What OpenTelemetry's standard variables ask to be exported. Nothing is unless an endpoint is named: the standard's default, a collector on this machine, would
/// have every worker without one knock at a closed port.
/// </summary>
/// <param name="Traces">Spans.</param>
/// <param name="Metrics">Measurements.</param>
/// <param name="Logs">Log records.</param>
internal sealed record OtlpSignals(bool Traces, bool Metrics, bool Logs)
{
    /// <summary>Whether anything is exported.</summary>
    public bool Any => Traces || Metrics || Logs;

    /// <summary>Reads <c>OTEL_EXPORTER_OTLP_[SIGNAL_]ENDPOINT</c>, <c>OTEL_SIGNAL_EXPORTER</c> and <c>OTEL_SDK_DISABLED</c>.</summary>
    public static OtlpSignals Read(IConfiguration configuration)
    {
        if (bool.TryParse(configuration["OTEL_SDK_DISABLED"], out var disabled) && disabled) return new OtlpSignals(false, false, false);
        return new OtlpSignals(Wants("TRACES"), Wants("METRICS"), Wants("LOGS"));

        bool Wants(string signal) =>
            (Has("OTEL_EXPORTER_OTLP_ENDPOINT") || Has($"OTEL_EXPORTER_OTLP_{signal}_ENDPOINT"))
            && !string.Equals(configuration[$"OTEL_{signal}_EXPORTER"], "none", StringComparison.OrdinalIgnoreCase);

        bool Has(string variable) => !string.IsNullOrWhiteSpace(configuration[variable]);
    }
}
