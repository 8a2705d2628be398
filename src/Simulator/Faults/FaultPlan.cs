using Darkroom.Simulator.Http;

namespace Darkroom.Simulator.Faults;

/// <summary>What befalls one request, decided when it arrives.</summary>
/// <param name="Error">Answered instead of an edit, or null.</param>
/// <param name="Html">A proxy's page is answered.</param>
/// <param name="ResetBefore">The connection is reset before billing.</param>
/// <param name="Slow">Added to the edit's time.</param>
/// <param name="StreamError">A streamed answer ends in an error.</param>
/// <param name="GatewayStatus">A gateway's page is answered with this status after billing; or null.</param>
/// <param name="ResetAfter">The connection is reset after billing.</param>
/// <param name="NotImage">The answer's images are pages.</param>
/// <param name="Cut">The answer breaks off in the middle.</param>
internal sealed record FaultPlan(
    ServiceError? Error, bool Html, bool ResetBefore, TimeSpan Slow, bool StreamError, int? GatewayStatus, bool ResetAfter, bool NotImage, bool Cut)
{
    private const int HtmlSalt = 1, ResetBeforeSalt = 2, SlowSalt = 3, StreamErrorSalt = 4, ResetAfterSalt = 5, CutSalt = 6, JitterSalt = 7, TailSalt = 8, NotImageSalt = 9;

    // The same status before and after billing is drawn for apart.
    private const int AfterSalt = 1000;

    /// <summary>Decides for one request.</summary>
    public static FaultPlan For(SimulatorFaults faults, FaultDraw draw)
    {
        return new(
            Struck(faults.Statuses, 0) is var status && status is 429 or 503 && faults.RetryAfter is { } wait ? ServiceError.Injected(status)! with { RetryAfter = wait } : ServiceError.Injected(status),
            draw.Strikes(faults.Html, HtmlSalt),
            draw.Strikes(faults.ResetBefore, ResetBeforeSalt),
            draw.Strikes(faults.Slow, SlowSalt) ? faults.SlowBy : TimeSpan.Zero,
            draw.Strikes(faults.StreamError, StreamErrorSalt),
            Struck(faults.StatusesAfter, AfterSalt) is var gateway and > 0 ? gateway : null,
            draw.Strikes(faults.ResetAfter, ResetAfterSalt),
            draw.Strikes(faults.NotImage, NotImageSalt),
            draw.Strikes(faults.Cut, CutSalt));

        // 0 for none.
        int Struck(IReadOnlyDictionary<int, double> statuses, int salt) =>
            statuses.OrderBy(status => status.Key).FirstOrDefault(status => draw.Strikes(status.Value, salt + status.Key)).Key;
    }

    /// <summary>How long an edit takes, without faults; the parameters are those of <see cref="SimulatorOptions"/>.</summary>
    public static TimeSpan Latency(TimeSpan mean, double jitter, double tail, FaultDraw draw) =>
        mean * (1 + (jitter * ((2 * draw.Number(JitterSalt)) - 1))) * (draw.Strikes(tail, TailSalt) ? 4 : 1);
}

/// <summary>
/// Chance for one request: a number from seed, the request's place and what it is drawn for. No state is shared, so that concurrent requests
/// can't change each other's luck.
/// </summary>
/// <param name="Seed">See <see cref="SimulatorOptions.Seed"/>.</param>
/// <param name="Place">The request's place in the order of arrival.</param>
internal readonly record struct FaultDraw(int Seed, long Place)
{
    /// <summary>Whether something of this chance strikes.</summary>
    /// <param name="salt">What is drawn for; another salt, another number.</param>
    public bool Strikes(double chance, int salt) => chance > 0 && Number(salt) < chance;

    /// <summary>An even number from 0 up to 1.</summary>
    public double Number(int salt) => (Bits(salt) >> 11) * (1.0 / (1UL << 53));

    /// <summary>64 well-mixed bits (the finalizer of SplitMix64, twice).</summary>
    public ulong Bits(int salt) => Mix(Mix(((ulong)(uint)Seed << 32) ^ (uint)salt) ^ (ulong)Place);

    private static ulong Mix(ulong value)
    {
        value += 0x9E3779B97F4A7C15;
        value = (value ^ (value >> 30)) * 0xBF58476D1CE4E5B9;
        value = (value ^ (value >> 27)) * 0x94D049BB133111EB;
        return value ^ (value >> 31);
    }
}

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
