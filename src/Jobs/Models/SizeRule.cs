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

    /// <summary>The right size that is nearest to a given one: among listed sizes the one of the nearest ratio, then of the nearest area. Null when there is none.</summary>
    public ImageSize? Nearest(ImageSize size) => Free is not null
        ? Free.Nearest(size)
        : Listed.Select(ImageSize.Parse).Where(s => s is not null)
            .OrderBy(s => Math.Abs(Math.Log((double)s!.Value.Width / s.Value.Height * size.Height / size.Width)))
            .ThenBy(s => Math.Abs(Math.Log((double)s!.Value.Pixels / size.Pixels)))
            .FirstOrDefault();

    private string Others() => Listed.Count == 0 ? "" : $", or {string.Join(" or ", Listed)}";
}
