namespace Darkroom.Jobs.Throttling;

/// <summary>A wait as the service told it.</summary>
/// <param name="Asked">How long it said to wait; <see cref="LimitNews.Hold"/> may be less (<see cref="Running.Backoff.ServerCap"/>).</param>
/// <param name="Status">The HTTP status, or null.</param>
/// <param name="Words">What it said.</param>
public sealed record ToldHold(TimeSpan Asked, int? Status, string Words)
{
    /// <summary>Most characters of <see cref="Words"/> that are kept.</summary>
    public const int MostWords = 300;
}
