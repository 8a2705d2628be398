namespace Darkroom.Worker.Engines;

/// <summary>Section <c>Engine</c>: what durably queues lanes and fires schedules.</summary>
public sealed class EngineOptions
{
    /// <summary>The configuration section.</summary>
    public const string Section = "Engine";

    /// <summary><c>hangfire</c> or <c>quartz</c>; unless set, Hangfire where it was built in, else Quartz. All processes on one database must agree.</summary>
    public string Kind { get; set; } = EngineKinds.Built[0];

    /// <summary>How often the engine looks and how long it waits; tests take shorter ones.</summary>
    internal EngineTimings Timings { get; set; } = new();
}
