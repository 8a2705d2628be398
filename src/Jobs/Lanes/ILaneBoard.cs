namespace Darkroom.Jobs.Lanes;

/// <summary>Tells people what lanes are about; engines know them by their ids only.</summary>
public interface ILaneBoard
{
    /// <summary>All lanes that haven't ended, with the progress of their batches.</summary>
    Task<IReadOnlyList<LaneTitle>> ListLiveAsync(CancellationToken cancellationToken);

    /// <summary>One lane, without progress, or null when it isn't known any more.</summary>
    Task<LaneTitle?> FindAsync(long laneId, CancellationToken cancellationToken);
}
