using Darkroom.Jobs.Models;
using Darkroom.Jobs.Throttling;
using Darkroom.Worker.Client.Shapes;
using Microsoft.Extensions.Options;

namespace Darkroom.Worker.Limits;

/// <summary>Limits of this machine's database.</summary>
internal sealed class LocalLimitDesk(ILimitStore store, ModelBook book, IOptions<LimitsOptions> limits) : ILimitDesk
{
    private readonly LimitLines _lines = new(limits.Value, [.. book.Models.Select(model => model.LimitsGroup).Distinct(StringComparer.Ordinal)]);

    public async Task<IReadOnlyList<LimitStateShape>> ReadAsync(CancellationToken cancellationToken) => [.. _lines.Of(await store.ReadAsync(cancellationToken)).Select(Shape)];

    private static LimitStateShape Shape(LimitState state) => new(
        state.Group, state.Dimension, state.ConfiguredPerMinute, state.LearnedPerMinute, state.LearnedFrom, state.LearnedAgo?.TotalSeconds, Math.Round(state.UsedLastMinute, 1),
        Math.Round(state.NextIn.TotalSeconds, 3), state.Share, Math.Round(state.ThrottledLastMinute, 1), state.InFlight);
}
