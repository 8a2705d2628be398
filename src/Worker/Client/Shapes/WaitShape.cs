using Darkroom.Jobs.Waits;

namespace Darkroom.Worker.Client.Shapes;

/// <summary>One thing that a batch waits for.</summary>
/// <param name="Kind"><c>limit</c>, <c>hold</c>, <c>window</c>, <c>backoff</c>, <c>queue</c>, <c>probe</c> or <c>budget</c>.</param>
/// <param name="Until">When it ends; null when nobody knows.</param>
/// <param name="Seconds">Seconds until then, rounded up.</param>
/// <param name="Why">The reason.</param>
/// <param name="ToldBy">Who told it: <c>service</c>, <c>darkroom</c> or <c>you</c>.</param>
/// <param name="Text">In short, for people.</param>
/// <param name="Since">When it began, where that is known.</param>
public sealed record WaitShape(string Kind, DateTimeOffset? Until, long? Seconds, string Why, string ToldBy, string Text, DateTimeOffset? Since)
{
    /// <summary>Of a wait.</summary>
    public static WaitShape Of(BatchWait wait) => new(wait.Kind, wait.Until, wait.Left is { } left ? (long)Math.Ceiling(left.TotalSeconds) : null, wait.Why, wait.ToldBy, wait.Text, wait.Since);

    /// <summary>As a wait.</summary>
    public BatchWait ToWait() => new(Kind, Until, Seconds is { } left ? TimeSpan.FromSeconds(left) : null, Text, Why, ToldBy) { Since = Since };
}
