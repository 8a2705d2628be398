using System.Text.Json;

namespace Darkroom.Worker.Client.Shapes;

/// <summary>An item with all its attempts.</summary>
/// <param name="Item">The item.</param>
/// <param name="Options">What is sent with the prompt.</param>
/// <param name="ReusedFrom">Whose images it shares.</param>
/// <param name="Attempts">In order.</param>
/// <param name="Former">Images that others took the place of, the newest first; those that are current are the item's outputs.</param>
public sealed record ItemDetailShape(
    ItemShape Item,
    JsonElement Options,
    string? ReusedFrom,
    IReadOnlyList<AttemptShape> Attempts,
    IReadOnlyList<FormerOutputShape> Former);
