namespace Darkroom.Worker.Engines;

/// <summary>Section <c>Engine</c>: what durably queues lanes and fires schedules.</summary>
public sealed class EngineOptions
{
    /// <summary>The configuration section.</summary>
    public const string Section = "Engine";

    /// <summary><c>hangfire</c> or <c>quartz</c>; unless set, Hangfire where it was built in, else Quartz. All processes on one database must agree.</summary>
    public string Kind { get; set; } = EngineKinds.Built[0];

    /// <summary>
    /// Take the lanes from another engine although that one's workers or lanes live. Unless set a worker refuses to start then: an engine knows nothing of
    /// another's lanes. Default false.
    /// </summary>
    public bool TakeOver { get; set; }

    /// <summary>How often the engine looks and how long it waits; tests take shorter ones.</summary>
    internal EngineTimings Timings { get; set; } = new();
}
