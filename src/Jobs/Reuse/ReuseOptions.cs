namespace Darkroom.Jobs.Reuse;

/// <summary>How it is told whether an edit was paid for before: section <c>Reuse</c>.</summary>
public sealed class ReuseOptions
{
    /// <summary>The section's name.</summary>
    public const string Section = "Reuse";

    /// <summary>
    /// Whether the version of every source is asked for before its call, a HEAD request a URL, so that a later batch with <c>--reuse</c> can tell whether it
    /// changed. Default true. Nobody waits longer than a second for it. Batches with <c>--reuse</c> ask in any case, and wait.
    /// </summary>
    public bool Record { get; set; } = true;

    /// <summary>
    /// Whether an edit is reused when the version of its source can't be told now (its host is down, or one that this process may not ask). Default true: the
    /// URL alone then counts. False pays instead.
    /// </summary>
    public bool Unverified { get; set; } = true;
}
