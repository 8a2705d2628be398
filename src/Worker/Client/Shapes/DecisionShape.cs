namespace Darkroom.Worker.Client.Shapes;

/// <summary>A decision on an item's images.</summary>
/// <param name="Item">The item's number.</param>
/// <param name="Decision">approved, rejected or redo; null when it was taken back.</param>
/// <param name="Note">What was said with it.</param>
public sealed record DecisionShape(
    long Item,
    string? Decision,
    string? Note);
