namespace Darkroom.Benchmarks.Common;

/// <summary>What a simulator saw of a pace.</summary>
/// <param name="Requests">Calls that arrived.</param>
/// <param name="Throttled">Those that were refused because of a limit.</param>
/// <param name="Accepted">Images let in, by Unix second.</param>
internal sealed record PaceAccount(long Requests, long Throttled, IReadOnlyDictionary<long, long> Accepted)
{
    /// <summary>The share of the allowance that was used in whole seconds.</summary>
    public double Share(long from, long to, int perMinute)
    {
        long sum = 0;
        for (var second = from; second < to; second++) sum += Accepted.GetValueOrDefault(second);
        return sum / ((to - from) * perMinute / 60.0);
    }
}
