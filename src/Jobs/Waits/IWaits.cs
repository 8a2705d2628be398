namespace Darkroom.Jobs.Waits;

/// <summary>Says what batches wait for, on this machine or through a server.</summary>
public interface IWaits
{
    /// <summary>What each batch waits for; batches that wait for nothing aren't in it.</summary>
    Task<IReadOnlyDictionary<string, IReadOnlyList<BatchWait>>> GetAsync(IReadOnlyCollection<string> batchIds, CancellationToken cancellationToken);
}
