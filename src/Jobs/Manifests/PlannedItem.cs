using Darkroom.Jobs.Editing;
using Darkroom.Jobs.Models;
using Darkroom.Jobs.Reuse;

namespace Darkroom.Jobs.Manifests;

/// <summary>One manifest row made ready to import: defaults merged, template rendered, checked.</summary>
/// <param name="Ordinal">0-based place in the manifest.</param>
/// <param name="Key">The item's id: the manifest's, or its 1-based row number when the manifest gives none.</param>
/// <param name="Input">Images and mask; local paths absolute.</param>
/// <param name="Prompt">Rendered, 1 to 32,000 characters.</param>
/// <param name="Options">Merged; <c>model</c> is set.</param>
/// <param name="OutputName">Path without number and extension, unique in the batch, safe in every store.</param>
/// <param name="Tags">For cost reports; may be empty.</param>
public sealed record PlannedItem(
    int Ordinal,
    string Key,
    EditInput Input,
    string Prompt,
    EditOptions Options,
    string OutputName,
    IReadOnlyDictionary<string, string> Tags)
{
    /// <summary>What it asks for: rows with the same one are duplicates.</summary>
    public Guid Fingerprint => EditFingerprint.Of(Input, Prompt, Options);

    /// <summary>1-based line of the manifest where the row starts, or 0 when that isn't known.</summary>
    public int Line { get; init; }

    /// <summary>Sizes of the input's images in order, null where unknown; empty when none is known. Only files on this machine tell theirs.</summary>
    public IReadOnlyList<ImageSize?> ImageSizes { get; init; } = [];
}
