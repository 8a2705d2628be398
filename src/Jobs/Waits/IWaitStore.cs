namespace Darkroom.Jobs.Waits;

/// <summary>Reads <see cref="WaitSigns"/>.</summary>
public interface IWaitStore
{
    /// <summary>The signs of those of the batches that are queued or running, or are halted and tried again of their own.</summary>
    Task<IReadOnlyList<WaitSigns>> ReadAsync(IReadOnlyCollection<string> batchIds, CancellationToken cancellationToken);
}
