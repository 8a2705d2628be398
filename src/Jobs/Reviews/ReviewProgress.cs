namespace Darkroom.Jobs.Reviews;

/// <summary>How far the review of a batch is.</summary>
/// <param name="Approved">Items approved.</param>
/// <param name="Rejected">Items rejected.</param>
/// <param name="Redo">Items to be made again.</param>
/// <param name="LastItemId">The last item in manifest order that was decided on, or null.</param>
public sealed record ReviewProgress(long Approved, long Rejected, long Redo, long? LastItemId)
{
    /// <summary>All decisions.</summary>
    public long Decided => Approved + Rejected + Redo;
}
