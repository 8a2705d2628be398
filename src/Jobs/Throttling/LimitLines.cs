namespace Darkroom.Jobs.Throttling;

/// <summary>Lays what is configured here beside what all processes know: groups that nobody has used yet, and limits that were changed since, show as well.</summary>
/// <param name="limits">The configuration.</param>
/// <param name="groups">The groups of the model book.</param>
/// <param name="scope">This process's endpoint and key.</param>
public sealed class LimitLines(LimitsOptions limits, IReadOnlyList<string> groups, LimitScope scope)
{
    private static readonly string[] Dimensions = [LimitDimension.Requests, LimitDimension.Images, LimitDimension.InputImages, LimitDimension.Tokens];

    /// <summary>
    /// A line a group, endpoint and dimension, in a fixed order, this process's endpoint first; dimensions that nothing is known of are left out.
    /// </summary>
    public IReadOnlyList<LimitState> Of(IReadOnlyList<LimitState> known)
    {
        var lines = new List<LimitState>();
        foreach (var group in groups.Concat(known.Select(state => state.Group)).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal))
        {
            var isBatch = BatchCaps.Owns(group);
            foreach (var dimension in Dimensions)
            {
                var state = known.FirstOrDefault(state => state.IsOurs && state.Group == group && state.Dimension == dimension);
                // A batch's caps are the batch's own, and only the store has them.
                var configured = isBatch ? state?.ConfiguredPerMinute : Configured(limits.For(group), dimension);
                if (state is not null) lines.Add(state with { ConfiguredPerMinute = configured });
                else if (configured is not null)
                    lines.Add(new LimitState(group, dimension, configured, null, null, null, 0, TimeSpan.Zero, 1, 0, 0) { Endpoint = scope.Endpoint, KeyName = scope.KeyName });
            }

            // What the service tells under names of its own, and what other processes have of other endpoints.
            lines.AddRange(known.Where(state => state.Group == group && (!state.IsOurs || !Dimensions.Contains(state.Dimension, StringComparer.Ordinal)))
                .OrderBy(state => !state.IsOurs).ThenBy(state => state.Endpoint, StringComparer.Ordinal).ThenBy(state => state.KeyName, StringComparer.Ordinal)
                .ThenBy(state => Array.IndexOf(Dimensions, state.Dimension) is var at and >= 0 ? at : Dimensions.Length).ThenBy(state => state.Dimension, StringComparer.Ordinal));
        }

        return lines;
    }

    /// <summary>The pace that batches with these groups can have at most, by the calls and images that a minute takes; null when nothing limits it.</summary>
    /// <param name="known">What the store knows.</param>
    /// <param name="names">The groups, a batch's caps among them.</param>
    public PaceInForce? PaceOf(IReadOnlyList<LimitState> known, IReadOnlyCollection<string> names) =>
        new LimitLines(limits, [.. names], scope).Of([.. known.Where(state => state.IsOurs && names.Contains(state.Group, StringComparer.Ordinal))])
            .Where(line => line.Dimension is LimitDimension.Requests or LimitDimension.Images)
            .Select(line => PaceInForce.Of(line, limits.For(line.Group).Learn)).OfType<PaceInForce>()
            .OrderBy(pace => pace.PerMinute * pace.SlowedTo).FirstOrDefault();

    private static double? Configured(GroupLimits limits, string dimension) => dimension switch
    {
        LimitDimension.Requests => limits.RequestsPerMinute,
        LimitDimension.Images => limits.ImagesPerMinute,
        LimitDimension.InputImages => limits.InputImagesPerMinute,
        _ => limits.TokensPerMinute,
    };
}
