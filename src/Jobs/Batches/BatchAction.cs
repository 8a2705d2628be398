namespace Darkroom.Jobs.Batches;

/// <summary>What a person may ask of a batch.</summary>
public enum BatchAction
{
    /// <summary>Claim nothing more; calls in flight finish.</summary>
    Pause,

    /// <summary>Go on, after a pause or a halt.</summary>
    Resume,

    /// <summary>Call it off: open items that aren't in flight are canceled.</summary>
    Cancel,

    /// <summary>Let a batch that waits for approval run.</summary>
    Approve,
}
