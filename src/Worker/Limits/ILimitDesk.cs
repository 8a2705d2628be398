using Darkroom.Worker.Client.Shapes;

namespace Darkroom.Worker.Limits;

/// <summary>Says how limits stand now, on this machine or through a server.</summary>
public interface ILimitDesk
{
    /// <summary>Every dimension of every group, a line each.</summary>
    Task<IReadOnlyList<LimitStateShape>> ReadAsync(CancellationToken cancellationToken);
}
