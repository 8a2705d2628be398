using Darkroom.Jobs.Batches;
using Darkroom.Jobs.Editing;
using Darkroom.Jobs.Outputs;

namespace Darkroom.Jobs.Browsing;

/// <summary>An item in a list.</summary>
/// <param name="Id">Its id in the database.</param>
/// <param name="BatchId">Its batch.</param>
/// <param name="Key">The manifest's id.</param>
/// <param name="State">Where it stands.</param>
/// <param name="Model">The model.</param>
/// <param name="Prompt">The prompt as it is sent.</param>
/// <param name="Attempts">Attempts spent.</param>
/// <param name="Tags">Its tags.</param>
/// <param name="Input">What it edits, or null when it is too long for a list (data URLs).</param>
/// <param name="Outputs">Its images in the store.</param>
/// <param name="Error">Its last error, or null.</param>
/// <param name="FinishedAt">When it ended, or null.</param>
public sealed record ItemRow(
    long Id,
    string BatchId,
    string Key,
    ItemState State,
    string Model,
    string Prompt,
    int Attempts,
    IReadOnlyDictionary<string, string> Tags,
    EditInput? Input,
    IReadOnlyList<StoredImage> Outputs,
    ItemError? Error,
    DateTimeOffset? FinishedAt);
