using System.Threading.Channels;
using Darkroom.Jobs.Lanes;

namespace Darkroom.Worker.Tests.Engines;

/// <summary>What the engines call in tests: tells what was called, in order, and does what the test says.</summary>
internal sealed class RecordingHandler : ILaneHandler, IScheduleHandler
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(40);
    private readonly Channel<string> _calls = Channel.CreateUnbounded<string>();

    /// <summary>What running a lane does.</summary>
    public Func<long, CancellationToken, Task> OnLane { get; set; } = (_, _) => Task.CompletedTask;

    public async Task RunLaneAsync(long laneId, CancellationToken cancellationToken)
    {
        _calls.Writer.TryWrite($"lane {laneId}");
        await OnLane(laneId, cancellationToken);
    }

    public Task FireAsync(string name, CancellationToken cancellationToken)
    {
        _calls.Writer.TryWrite($"schedule {name}");
        return Task.CompletedTask;
    }

    /// <summary>Waits for the next call.</summary>
    public async Task<string> NextAsync() => await _calls.Reader.ReadAsync(TestContext.Current.CancellationToken).AsTask().WaitAsync(Patience);

    /// <summary>Waits until a call comes, and returns those that came before it.</summary>
    public async Task<List<string>> UntilAsync(string call)
    {
        var before = new List<string>();
        for (var next = await NextAsync(); next != call; next = await NextAsync()) before.Add(next);
        return before;
    }
}
