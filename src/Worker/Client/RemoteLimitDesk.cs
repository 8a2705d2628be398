using Darkroom.Jobs.Access;
using Darkroom.Worker.Client.Shapes;
using Darkroom.Worker.Limits;

namespace Darkroom.Worker.Client;

/// <summary>Limits through a server.</summary>
internal sealed class RemoteLimitDesk(DarkroomClient client) : ILimitDesk
{
    public Task<IReadOnlyList<LimitStateShape>> ReadAsync(CancellationToken cancellationToken) => client.ReadLimitsAsync(cancellationToken);

    public Task<PaceShape?> PaceOfAsync(string batchId, CancellationToken cancellationToken) => client.FindPaceAsync(batchId, cancellationToken);

    public Task<ForgottenLimitsShape> ForgetAsync(string? group, Actor by, CancellationToken cancellationToken) => client.ForgetLimitsAsync(group, cancellationToken);
}
