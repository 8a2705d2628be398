namespace Darkroom.Jobs.Reuse;

/// <summary>Which edits that were paid for before a batch may take instead of paying again. Persisted by its lower-case names.</summary>
public enum ReuseMode
{
    /// <summary>None: every row is paid for, duplicates too (<c>--force</c>).</summary>
    None,

    /// <summary>Those of the batch itself: duplicate rows of one manifest are paid for once. The default.</summary>
    Duplicates,

    /// <summary>Those of earlier batches as well (<c>--reuse</c>).</summary>
    Earlier,
}
