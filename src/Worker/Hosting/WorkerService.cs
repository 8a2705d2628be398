using Darkroom.Jobs.Lanes;
using Darkroom.Worker.Engines;

namespace Darkroom.Worker.Hosting;

/// <summary>Runs the worker's loops and the sweep in the host.</summary>
public sealed class WorkerService(WorkerLoop loop, LaneSweep sweep, EngineTakeOver engine) : IHostedService
{
    private readonly CancellationTokenSource _sweeping = new();
    private Task _sweep = Task.CompletedTask;

    /// <summary>Ends when the worker can't go on, with the reason.</summary>
    public Task Failed { get; private set; } = Task.CompletedTask;

    /// <inheritdoc/>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        await loop.StartAsync(takesLanes: true, cancellationToken);
        try
        {
            await engine.ClaimAsync(cancellationToken);
        }
        catch
        {
            await loop.StopAsync();
            throw;
        }

        _sweep = Task.Run(() => sweep.RunAsync(_sweeping.Token), CancellationToken.None);
        Failed = Task.WhenAny(loop.Failed, _sweep).Unwrap();
    }

    /// <inheritdoc/>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        await _sweeping.CancelAsync();
        await _sweep.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await loop.StopAsync();
    }

    /// <summary>Breaks off at once what is in flight; recovery takes care of it.</summary>
    public void Abort() => loop.Abort();
}
