using System.Collections.Concurrent;
using Darkroom.Jobs.Throttling;

namespace Darkroom.Jobs.Tests.Running;

/// <summary>A place that notes what becomes of it.</summary>
internal sealed class CallPlaceStandIn(ConcurrentQueue<string> log) : ICallPlace
{
    public long? Tokens { get; private set; }

    public Task StartAsync(CancellationToken cancellationToken)
    {
        log.Enqueue("start");
        return Task.CompletedTask;
    }

    public void Used(long tokens) => Tokens = tokens;

    public ValueTask DisposeAsync()
    {
        log.Enqueue("leave");
        return ValueTask.CompletedTask;
    }
}
