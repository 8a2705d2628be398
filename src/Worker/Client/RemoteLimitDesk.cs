using Darkroom.Worker.Client.Shapes;
using Darkroom.Worker.Limits;

namespace Darkroom.Worker.Client;

/// <summary>Limits through a server.</summary>
internal sealed class RemoteLimitDesk(DarkroomClient client) : ILimitDesk
{
    public Task<IReadOnlyList<LimitStateShape>> ReadAsync(CancellationToken cancellationToken) => client.ReadLimitsAsync(cancellationToken);
}
