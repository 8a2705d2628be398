namespace Darkroom.Worker.Client.Shapes;

/// <summary>An image that an item edits.</summary>
/// <param name="Kind">url, data, file_id or path.</param>
/// <param name="Value">Where it is; null for a data URL, which is too long to repeat.</param>
public sealed record ImageShape(
    string Kind,
    string? Value);
