namespace Darkroom.Jobs.Estimates;

/// <summary>Chooses the items that run first to measure what the rest will cost: one of each kind of call as far as they go, the others evenly over the manifest.</summary>
public static class CanarySample
{
    /// <summary>Chooses.</summary>
    /// <param name="estimate">The estimate of the manifest.</param>
    /// <param name="count">How many, 1 or more.</param>
    /// <returns>Ordinals: <paramref name="count"/> of them, or all when there are no more. Kinds with more items come before those with fewer.</returns>
    public static IReadOnlySet<int> Choose(ManifestEstimate estimate, int count)
    {
        var items = (int)estimate.Total.Items;
        var firsts = estimate.Groups.OrderByDescending(group => group.Sum.Items).Take(Math.Min(count, items)).Select(group => group.First).Order().ToList();
        var chosen = firsts.ToHashSet();
        var rest = Math.Min(count, items) - firsts.Count;
        var others = items - firsts.Count;
        var passed = 0;
        for (var k = 0; k < rest; k++)
        {
            // The middle of the k-th of so many equal stretches, counted over the items that aren't chosen yet.
            var ordinal = (int)(((2L * k) + 1) * others / (2L * rest)) + passed;
            while (passed < firsts.Count && firsts[passed] <= ordinal)
            {
                passed++;
                ordinal++;
            }

            chosen.Add(ordinal);
        }

        return chosen;
    }
}
