namespace Darkroom.Simulator.Faults;

/// <summary>The faults in force and what they have counted since they were set. Safe for threads.</summary>
internal sealed class FaultState(SimulatorFaults faults)
{
    private int seen;
    private int billed;

    /// <summary>What goes wrong.</summary>
    public SimulatorFaults Faults => faults;

    /// <summary>Whether the quota is spent.</summary>
    public bool IsQuotaSpent => Volatile.Read(ref billed) >= faults.QuotaAfter;

    /// <summary>Counts a request; false once the key is refused.</summary>
    public bool TakesKey() => faults.KeyRefusedAfter is null || Interlocked.Increment(ref seen) <= faults.KeyRefusedAfter;

    /// <summary>Takes one edit from the quota; false when there is none left.</summary>
    public bool TakeQuota() => faults.QuotaAfter is null || Interlocked.Increment(ref billed) <= faults.QuotaAfter;
}
