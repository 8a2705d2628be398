namespace Darkroom.Jobs.Running;

/// <summary>Keeps the worker processes and their leases. The database's clock decides.</summary>
public interface IProcessStore
{
    /// <summary>Registers this process.</summary>
    /// <param name="takesBatches">Whether it works on all batches, or only on its own.</param>
    /// <param name="leaseTime">How long it may stay silent before others take its items.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    Task<long> RegisterAsync(bool takesBatches, TimeSpan leaseTime, CancellationToken cancellationToken);

    /// <summary>Renews the lease of everything that the process holds, in one statement.</summary>
    /// <returns>False when the process's row is gone.</returns>
    Task<bool> RenewAsync(long processId, TimeSpan leaseTime, CancellationToken cancellationToken);

    /// <summary>Says that the process has ended: what it still holds is free at once.</summary>
    Task RetireAsync(long processId, CancellationToken cancellationToken);
}
