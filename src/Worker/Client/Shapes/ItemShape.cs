namespace Darkroom.Worker.Client.Shapes;

/// <summary>An item in a list.</summary>
/// <param name="Item">Its number, for /v1/items.</param>
/// <param name="Batch">Its batch.</param>
/// <param name="Id">The id in the manifest.</param>
/// <param name="State">Where it stands.</param>
/// <param name="Model">The model.</param>
/// <param name="Prompt">As it is sent.</param>
/// <param name="Attempts">Attempts spent.</param>
/// <param name="Tags">Its tags.</param>
/// <param name="Images">What it edits; null in lists when it is too long for them.</param>
/// <param name="Mask">Its mask.</param>
/// <param name="Outputs">Its images.</param>
/// <param name="Error">Its last error.</param>
/// <param name="FinishedAt">When it ended.</param>
public sealed record ItemShape(
    long Item,
    string Batch,
    string Id,
    string State,
    string Model,
    string Prompt,
    int Attempts,
    IReadOnlyDictionary<string, string> Tags,
    IReadOnlyList<ImageShape>? Images,
    ImageShape? Mask,
    IReadOnlyList<OutputShape> Outputs,
    ErrorShape? Error,
    DateTimeOffset? FinishedAt);
