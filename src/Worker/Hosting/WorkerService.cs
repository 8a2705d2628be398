using Darkroom.Worker.Hangfire;

namespace Darkroom.Worker.Hosting;

/// <summary>Runs the worker's loops, the sweep and what else a worker does beside its work in the host.</summary>
public sealed class WorkerService(WorkerLoop loop, BatchSweep sweep, SchemaWatch schema) : IHostedService
{
    private readonly CancellationTokenSource _sweeping = new();
    private Task _beside = Task.CompletedTask;

    /// <summary>Ends when the worker can't go on, with the reason.</summary>
    public Task Failed { get; private set; } = Task.CompletedTask;

    /// <inheritdoc/>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        await loop.StartAsync(onlyBatchId: null, cancellationToken);
        var beside = new Func<CancellationToken, Task>[] { sweep.RunAsync, schema.RunAsync }
            .Select(run => Task.Run(() => run(_sweeping.Token), CancellationToken.None)).ToList();
        _beside = Task.WhenAll(beside);
        Failed = Task.WhenAny([loop.Failed, .. beside]).Unwrap();
    }

    /// <inheritdoc/>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        await _sweeping.CancelAsync();
        await _beside.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await loop.StopAsync();
    }

    /// <summary>Breaks off at once what is in flight; recovery takes care of it.</summary>
    public void Abort() => loop.Abort();
}
