using System.Collections.Concurrent;
using System.Diagnostics;
using Darkroom.Jobs.Telemetry;
using Darkroom.Jobs.Tests.Running;
using Darkroom.Jobs.Throttling;

namespace Darkroom.Jobs.Tests.Telemetry;

/// <summary>One trace follows an item from claim to commit. Listeners hear everything of the process, so each test looks at its own item only.</summary>
public sealed class TraceTests : IDisposable
{
    private readonly ConcurrentQueue<Activity> _spans = new();
    private readonly ActivityListener _listener;
    private readonly Workshop _shop = new();

    public TraceTests()
    {
        _listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name == MetricNames.Source,
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = _spans.Enqueue,
        };
        ActivitySource.AddActivityListener(_listener);
    }

    public void Dispose() => _listener.Dispose();

    [Fact]
    public async Task RunAsync_Item_IsOneTraceFromClaimToCommit()
    {
        string? begun = null;
        _shop.Begin = items =>
        {
            begun = items.Single().TraceId;
            return [Claims.First];
        };
        var batch = Guid.NewGuid().ToString("n");

        await _shop.Runner.RunAsync(Claims.Item(batch: batch), CancellationToken.None, CancellationToken.None);

        var root = _spans.Single(span => (string?)span.GetTagItem("darkroom.batch.id") == batch);
        root.ParentSpanId.ShouldBe(default);
        begun.ShouldBe(root.TraceId.ToHexString());
        root.GetTagItem(MetricNames.Outcome).ShouldBe("succeeded");
        _spans.Where(span => span.ParentSpanId == root.SpanId && span.TraceId == root.TraceId).Select(span => span.OperationName)
            .ShouldBe(["wait for a start", "begin attempt", "store commit", "complete"]);
        // A set is nobody's alone: a trace of its own, linked to the items in it.
        _spans.Where(span => span.OperationName == "write set" && span.Links.Any(link => link.Context.TraceId == root.TraceId))
            .ShouldAllBe(span => span.TraceId != root.TraceId && span.ParentSpanId == default);
        _spans.Count(span => span.OperationName == "write set" && span.Links.Any(link => link.Context.TraceId == root.TraceId)).ShouldBe(2);
    }

    [Fact]
    public async Task RunAsync_WithinAnotherTrace_BeginsItsOwn()
    {
        var batch = Guid.NewGuid().ToString("n");
        using var outer = new Activity("outer").Start();
        await _shop.Runner.RunAsync(Claims.Item(batch: batch), CancellationToken.None, CancellationToken.None);
        Activity.Current.ShouldBe(outer);
        _spans.Single(span => (string?)span.GetTagItem("darkroom.batch.id") == batch).TraceId.ShouldNotBe(outer.TraceId);
    }

    [Fact]
    public async Task RunAsync_Limiter_RunsOutsideOfTheTrace()
    {
        var within = true;
        _shop.Enter = _ =>
        {
            within = Activity.Current is not null;
            return Task.FromResult<ICallPlace>(_shop.Place);
        };
        await _shop.Runner.RunAsync(Claims.Item(), CancellationToken.None, CancellationToken.None);
        within.ShouldBeFalse();
    }
}
