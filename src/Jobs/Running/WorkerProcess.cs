using Darkroom.Jobs.Editing;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Darkroom.Jobs.Running;

/// <summary>This process as the database knows it: registered once, its lease renewed every sixth of the lease time, retired at the end.</summary>
public sealed class WorkerProcess(IProcessStore store, IOptions<WorkerOptions> options, TimeProvider time, ILogger<WorkerProcess> logger)
{
    private readonly TimeSpan _leaseTime = options.Value.LeaseTime;
    private long? _id;

    /// <summary>The process's id.</summary>
    /// <exception cref="InvalidOperationException">It isn't registered yet.</exception>
    public long Id => _id ?? throw new InvalidOperationException("The worker process isn't registered.");

    /// <summary>Registers the process.</summary>
    public async Task RegisterAsync(bool takesBatches, CancellationToken cancellationToken)
    {
        _id = await store.RegisterAsync(takesBatches, _leaseTime, cancellationToken);
        Log.ProcessRegistered(logger, Id);
    }

    /// <summary>Renews the lease until canceled. A database that is away is waited for.</summary>
    /// <exception cref="InvalidOperationException">The process's row is gone.</exception>
    public async Task KeepAliveAsync(CancellationToken cancellationToken)
    {
        var renewed = time.GetTimestamp();
        while (true)
        {
            var pause = _leaseTime / 6;
            try
            {
                if (!await store.RenewAsync(Id, _leaseTime, cancellationToken))
                    throw new InvalidOperationException($"Process {Id} isn't in the database any more.");
                if (time.GetElapsedTime(renewed) is var silence && silence > _leaseTime) Log.LeaseLate(logger, DurationText.Words(silence));
                renewed = time.GetTimestamp();
            }
            catch (Exception exception) when (DatabaseFaults.IsTransient(exception))
            {
                Log.DatabaseAway(logger, exception);
                pause = TimeSpan.FromMilliseconds(500);
            }

            await Task.Delay(pause, time, cancellationToken);
        }
    }

    /// <summary>Frees at once whatever the process still holds.</summary>
    /// <remarks>A database that is away isn't waited for: the lease ends by itself.</remarks>
    public async Task RetireAsync(CancellationToken cancellationToken)
    {
        if (_id is not { } id) return;
        try
        {
            await store.RetireAsync(id, cancellationToken);
        }
        catch (Exception exception) when (DatabaseFaults.IsTransient(exception))
        {
            Log.NotRetired(logger, exception);
        }
    }
}
