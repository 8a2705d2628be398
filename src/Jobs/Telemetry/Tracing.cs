using System.Diagnostics;

namespace Darkroom.Jobs.Telemetry;

/// <summary>Spans. Without a listener none is made, and all of this costs nothing.</summary>
public static class Tracing
{
    private static readonly ActivitySource Source = new(MetricNames.Source);

    /// <summary>The id of the trace that is recorded now, 32 hex digits, or null.</summary>
    public static string? CurrentTraceId => Activity.Current is { Recorded: true } current ? current.TraceId.ToHexString() : null;

    /// <summary>Begins a trace of its own, whatever is under way here.</summary>
    internal static Activity? Root(string name)
    {
        // A span is its surroundings' child unless there are none; nobody looks at this place's surroundings afterwards.
        Activity.Current = null;
        return Source.StartActivity(name, ActivityKind.Consumer);
    }

    /// <summary>Begins a step of the item's trace; none outside of one.</summary>
    internal static Activity? Step(string name, ActivityKind kind = ActivityKind.Internal) => Activity.Current is null ? null : Source.StartActivity(name, kind);

    /// <summary>Begins the writing of a set, linked to the items whose writes it holds.</summary>
    internal static Activity? Set(string of, IEnumerable<ActivityContext> members)
    {
        if (!Source.HasListeners()) return null;
        var links = members.Where(member => member != default).Select(member => new ActivityLink(member)).ToList();
        if (links.Count == 0) return null;
        Activity.Current = null;
        var set = Source.StartActivity("write set", ActivityKind.Internal, parentContext: default, links: links);
        set?.SetTag("darkroom.set.of", of);
        set?.SetTag("darkroom.set.size", links.Count);
        return set;
    }

    /// <summary>Marks a span as failed.</summary>
    internal static void Fail(this Activity? span, string errorType, string? description = null)
    {
        span?.SetTag(MetricNames.ErrorType, errorType);
        span?.SetStatus(ActivityStatusCode.Error, description);
    }
}
