using System.Threading.Channels;
using Darkroom.Jobs.Batches;
using Darkroom.Jobs.Running;
using Darkroom.Jobs.Schedules;

namespace Darkroom.Worker.Tests.Hangfire;

/// <summary>What Hangfire's jobs call in tests: tells what was called, in order, and does what the test says.</summary>
internal sealed class RecordingHandler : IBatchJob, IScheduleHandler
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(40);
    private readonly Channel<string> _calls = Channel.CreateUnbounded<string>();

    /// <summary>What running the job of a batch does.</summary>
    public Func<string, CancellationToken, Task> OnBatch { get; set; } = (_, _) => Task.CompletedTask;

    /// <summary>Whether there is a schedule of that name.</summary>
    public Func<string, bool> HasSchedule { get; set; } = _ => true;

    public int Count => 0;

    public async Task<Batch?> RunAsync(string batchId, CancellationToken cancellationToken)
    {
        _calls.Writer.TryWrite($"batch {batchId}");
        await OnBatch(batchId, cancellationToken);
        return null;
    }

    public Task<bool> FireAsync(string name, CancellationToken cancellationToken)
    {
        _calls.Writer.TryWrite($"schedule {name}");
        return Task.FromResult(HasSchedule(name));
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
