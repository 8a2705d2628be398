using Darkroom.Jobs.Running;

namespace Darkroom.Worker.Hosting;

/// <summary>
/// The loops that make a process a worker, and the order in which they end: claiming first, then what is in flight, then the lease, so that nothing in
/// flight is ever without one.
/// </summary>
public sealed class WorkerLoop(WorkerProcess process, Pump pump, KeptAdoption kept)
{
    private readonly CancellationTokenSource _claiming = new();
    private readonly CancellationTokenSource _living = new();
    private Task _pumping = Task.CompletedTask;
    private Task _renewing = Task.CompletedTask;
    private Task _adopting = Task.CompletedTask;

    /// <summary>Ends when the worker can't go on, with the reason; while all is well it doesn't.</summary>
    public Task Failed { get; private set; } = Task.CompletedTask;

    /// <summary>Registers the process and starts its loops.</summary>
    /// <param name="onlyBatchId">The only batch to work on; null for all.</param>
    /// <param name="cancellationToken">Cancels the start.</param>
    public async Task StartAsync(string? onlyBatchId, CancellationToken cancellationToken)
    {
        await process.RegisterAsync(takesBatches: onlyBatchId is null, cancellationToken);
        _renewing = Task.Run(() => process.KeepAliveAsync(_living.Token), CancellationToken.None);
        _pumping = Task.Run(() => pump.RunAsync(onlyBatchId, _claiming.Token), CancellationToken.None);
        _adopting = Task.Run(() => kept.RunAsync(_claiming.Token), CancellationToken.None);
        Failed = Task.WhenAny(_renewing, _pumping).Unwrap();
    }

    /// <summary>Claims nothing more, lets what is in flight finish within the drain time, and retires the process.</summary>
    public async Task StopAsync()
    {
        await _claiming.CancelAsync();
        await _pumping.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await _adopting.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await _living.CancelAsync();
        await _renewing.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await process.RetireAsync(CancellationToken.None);
    }

    /// <summary>Breaks off at once what is in flight; recovery takes care of it.</summary>
    public void Abort() => pump.Abort();
}
