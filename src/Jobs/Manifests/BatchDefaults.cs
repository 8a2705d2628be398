using Darkroom.Jobs.Editing;

namespace Darkroom.Jobs.Manifests;

/// <summary>What a row takes where it says nothing itself. Flags of the command line stand over the manifest's own head, rows over both.</summary>
/// <param name="Prompt">Template with <c>{{name}}</c> places, or null.</param>
/// <param name="Options">Options by the API's names.</param>
/// <param name="Tags">Tags of every item.</param>
public sealed record BatchDefaults(string? Prompt, EditOptions Options, IReadOnlyDictionary<string, string> Tags)
{
    /// <summary>Images of rows that name none, each as a CSV cell would (URL, data URL, local path, <c>file_id:ID</c>); local paths absolute. Only flags give them.</summary>
    public IReadOnlyList<string> Images { get; init; } = [];

    /// <summary>The mask of rows that name none, written likewise; or null.</summary>
    public string? Mask { get; init; }

    /// <summary>Names of outputs whose row gives none; null for the item's id. Only flags and configuration give it.</summary>
    public OutputTemplate? OutputTemplate { get; init; }

    /// <summary>Nothing given.</summary>
    public static readonly BatchDefaults Empty = new(null, EditOptions.None, new Dictionary<string, string>(StringComparer.Ordinal));
}
