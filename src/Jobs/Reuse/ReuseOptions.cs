namespace Darkroom.Jobs.Reuse;

/// <summary>How Darkroom recognizes edits that were already paid for: section <c>Reuse</c>.</summary>
public sealed class ReuseOptions
{
    /// <summary>The section's name.</summary>
    public const string Section = "Reuse";

    /// <summary>
    /// Ask for the version of every source before its call (one HEAD request per URL, at most a second), so that a later <c>--reuse</c> can tell whether it
    /// changed. Batches with <c>--reuse</c> always ask, and wait for the answer.
    /// </summary>
    public bool Record { get; set; } = true;

    /// <summary>When a source's version can't be found out, reuse by URL alone. False: pay for the edit again instead.</summary>
    public bool Unverified { get; set; } = true;
}
