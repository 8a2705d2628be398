using Darkroom.Jobs.Access;
using Darkroom.Worker.Client.Shapes;

namespace Darkroom.Worker.Limits;

/// <summary>Says how limits stand now, on this machine or through a server.</summary>
public interface ILimitDesk
{
    /// <summary>Every dimension of every group and endpoint, a line each.</summary>
    Task<IReadOnlyList<LimitStateShape>> ReadAsync(CancellationToken cancellationToken);

    /// <summary>The pace that a batch's calls go by; null when nothing limits it, or there is no such batch.</summary>
    Task<PaceShape?> PaceOfAsync(string batchId, CancellationToken cancellationToken);

    /// <summary>Drops what was learned at the configured endpoint with the configured key.</summary>
    /// <param name="group">The limits group; null for all.</param>
    /// <param name="by">Who asks for it; a server knows better, by the key.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <exception cref="UnknownLimitsGroupException">There is no such group.</exception>
    Task<ForgottenLimitsShape> ForgetAsync(string? group, Actor by, CancellationToken cancellationToken);
}
