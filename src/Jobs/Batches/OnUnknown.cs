namespace Darkroom.Jobs.Batches;

/// <summary>What becomes of an item whose call may or may not have been billed.</summary>
public enum OnUnknown
{
    /// <summary>Call again, at most once; a second unknown outcome is held.</summary>
    Retry,

    /// <summary>A person decides.</summary>
    Hold,
}
