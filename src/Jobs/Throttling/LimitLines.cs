namespace Darkroom.Jobs.Throttling;

/// <summary>Lays what is configured here beside what all processes know: groups that nobody has used yet, and limits that were changed since, show as well.</summary>
/// <param name="limits">The configuration.</param>
/// <param name="groups">The groups of the model book.</param>
public sealed class LimitLines(LimitsOptions limits, IReadOnlyList<string> groups)
{
    private static readonly string[] Dimensions = [LimitDimension.Requests, LimitDimension.Images, LimitDimension.InputImages, LimitDimension.Tokens];

    /// <summary>A line a group and dimension, in a fixed order; dimensions that nothing is known of are left out.</summary>
    public IReadOnlyList<LimitState> Of(IReadOnlyList<LimitState> known)
    {
        var lines = new List<LimitState>();
        foreach (var group in groups.Concat(known.Select(state => state.Group)).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal))
        {
            foreach (var dimension in Dimensions)
            {
                var state = known.FirstOrDefault(state => state.Group == group && state.Dimension == dimension);
                // A batch's caps are the batch's own, and only the store has them.
                var configured = group.StartsWith(BatchCaps.GroupOf(""), StringComparison.Ordinal) ? state?.ConfiguredPerMinute : Configured(limits.For(group), dimension);
                if (state is not null) lines.Add(state with { ConfiguredPerMinute = configured });
                else if (configured is not null) lines.Add(new LimitState(group, dimension, configured, null, null, null, 0, TimeSpan.Zero, 1, 0, 0));
            }

            // What the service tells under names of its own.
            lines.AddRange(known.Where(state => state.Group == group && !Dimensions.Contains(state.Dimension, StringComparer.Ordinal)).OrderBy(state => state.Dimension, StringComparer.Ordinal));
        }

        return lines;
    }

    private static double? Configured(GroupLimits limits, string dimension) => dimension switch
    {
        LimitDimension.Requests => limits.RequestsPerMinute,
        LimitDimension.Images => limits.ImagesPerMinute,
        LimitDimension.InputImages => limits.InputImagesPerMinute,
        _ => limits.TokensPerMinute,
    };
}
