using Darkroom.Jobs.Access;
using Darkroom.Jobs.Browsing;
using Darkroom.Jobs.Models;
using Darkroom.Jobs.Throttling;
using Darkroom.Worker.Client.Shapes;
using Microsoft.Extensions.Options;

namespace Darkroom.Worker.Limits;

/// <summary>Limits of this machine's database.</summary>
internal sealed class LocalLimitDesk(ILimitStore store, IBatchInsight insight, ModelBook book, IOptions<LimitsOptions> limits, LimitScope scope) : ILimitDesk
{
    private readonly string[] _groups = [.. book.Models.Select(model => model.LimitsGroup).Distinct(StringComparer.Ordinal)];

    public async Task<IReadOnlyList<LimitStateShape>> ReadAsync(CancellationToken cancellationToken) =>
        [.. new LimitLines(limits.Value, _groups, scope).Of(await store.ReadAsync(cancellationToken)).Select(Shape)];

    public async Task<PaceShape?> PaceOfAsync(string batchId, CancellationToken cancellationToken)
    {
        if (!(await insight.GetTermsAsync([batchId], cancellationToken)).TryGetValue(batchId, out var terms)) return null;
        var groups = terms.Models.Select(model => book.Find(model).LimitsGroup).Append(BatchCaps.GroupOf(batchId)).Distinct(StringComparer.Ordinal).ToList();
        return new LimitLines(limits.Value, _groups, scope).PaceOf(await store.ReadAsync(cancellationToken), groups) is { } pace ? PaceShape.Of(pace) : null;
    }

    public async Task<ForgottenLimitsShape> ForgetAsync(string? group, Actor by, CancellationToken cancellationToken)
    {
        if (group is not null)
        {
            var known = (await store.ReadAsync(cancellationToken)).Select(state => state.Group).Where(name => !BatchCaps.Owns(name))
                .Concat(_groups).Concat(limits.Value.Keys.Where(name => !name.Equals(LimitsOptions.DefaultGroup, StringComparison.OrdinalIgnoreCase)))
                .Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal).ToList();
            if (!known.Contains(group, StringComparer.Ordinal)) throw new UnknownLimitsGroupException(group, known);
        }

        var forgotten = await store.ForgetAsync(group, by, cancellationToken);
        return new ForgottenLimitsShape(
            scope.Endpoint, scope.KeyName,
            [.. forgotten.Select(limit => new ForgottenLimitShape(limit.Group, limit.Dimension, limit.PerMinute, limit.From, Math.Round(limit.HeldFor.TotalSeconds, 1), limit.SlowedTo))]);
    }

    private static LimitStateShape Shape(LimitState state) => new(
        state.Group, state.Dimension, state.ConfiguredPerMinute, state.LearnedPerMinute, state.LearnedFrom, state.LearnedAgo?.TotalSeconds, Math.Round(state.UsedLastMinute, 1),
        Math.Round(state.NextIn.TotalSeconds, 3), state.Share, Math.Round(state.ThrottledLastMinute, 1), state.InFlight)
    {
        Endpoint = state.Endpoint,
        Key = state.KeyName,
        InForce = state.IsOurs,
    };
}
