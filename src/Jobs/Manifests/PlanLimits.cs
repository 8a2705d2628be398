namespace Darkroom.Jobs.Manifests;

/// <summary>Bounds and permissions of planning.</summary>
public sealed record PlanLimits
{
    /// <summary>The defaults.</summary>
    public static readonly PlanLimits Default = new();

    /// <summary>How many problems are kept to be shown; all are counted. 1 or more, default 100.</summary>
    public int MaxProblems { get; init; } = 100;

    /// <summary>
    /// The longest row in bytes, default 24 MiB: the longest data URL that the service takes (20,971,520 characters) and its prompt fit. A row is read whole into
    /// memory, so a longer one is a problem; images that need more room go as files or addresses.
    /// </summary>
    public int MaxRowBytes { get; init; } = 24 * 1024 * 1024;

    /// <summary>
    /// Options that aren't the endpoint's, allowed all the same as if they stood in <c>options.extra</c>; in CSV a column of such a name is an option.
    /// </summary>
    public IReadOnlySet<string> AllowedOptions { get; init; } = new HashSet<string>(StringComparer.Ordinal);

    /// <summary>Whether rows may do without an image, since there are default ones. Set by the planner.</summary>
    internal bool ImagesOptional { get; init; }
}
