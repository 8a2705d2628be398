namespace Darkroom.Jobs.Reuse;

/// <summary>
/// Tells, row by row of one manifest, which one waits for an earlier one that asks for the same. A row of a batch's canary waits only for another of the
/// canary: the others don't run before it.
/// </summary>
public sealed class DuplicateRows
{
    private readonly HashSet<Guid> _seen = [];
    private readonly HashSet<Guid> _seenInCanary = [];

    /// <summary>Takes the next row.</summary>
    public bool MustWait(Guid fingerprint, bool isCanary)
    {
        var first = _seen.Add(fingerprint);
        return isCanary ? !_seenInCanary.Add(fingerprint) : !first;
    }
}
