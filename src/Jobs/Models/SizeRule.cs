namespace Darkroom.Jobs.Models;

/// <summary>The output sizes that a model makes.</summary>
/// <param name="Listed">Values that are right as they stand, <c>auto</c> among them where the model knows it.</param>
/// <param name="Free">The rule for all others, or null when only the listed are right.</param>
public sealed record SizeRule(IReadOnlyList<string> Listed, FreeSizeRule? Free)
{
    /// <summary>What is wrong with a value of <c>size</c>, with the nearest right one, or null when it is right.</summary>
    public string? Fault(string value)
    {
        if (Listed.Contains(value, StringComparer.Ordinal)) return null;
        if (ImageSize.Parse(value) is not { } size)
            return Free is null ? $"must be one of {string.Join(", ", Listed)}" : $"must be WIDTHxHEIGHT, such as 1024x1024{Others()}";
        var fault = Free is null ? $"must be one of {string.Join(", ", Listed)}" : Free.Fault(size);
        if (fault is null) return null;
        return Nearest(size) is { } nearest ? $"{fault}; the nearest right size is {nearest}" : fault;
    }

    /// <summary>The right size that is nearest to a given one, or null when there is none.</summary>
    public ImageSize? Nearest(ImageSize size)
    {
        if (Free is not null) return Free.Nearest(size);
        ImageSize? best = null;
        var least = double.MaxValue;
        foreach (var listed in Listed)
        {
            if (ImageSize.Parse(listed) is not { } candidate) continue;
            var distance = Math.Pow(candidate.Width - size.Width, 2) + Math.Pow(candidate.Height - size.Height, 2);
            if (distance >= least) continue;
            least = distance;
            best = candidate;
        }

        return best;
    }

    private string Others() => Listed.Count == 0 ? "" : $", or {string.Join(" or ", Listed)}";
}
