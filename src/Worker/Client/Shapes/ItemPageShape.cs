namespace Darkroom.Worker.Client.Shapes;

/// <summary>A page of items.</summary>
/// <param name="Items">In the order of the manifest.</param>
/// <param name="Next">The <c>after</c> of the next page; null at the end. A search may give few items, or none, and yet a next page.</param>
public sealed record ItemPageShape(
    IReadOnlyList<ItemShape> Items,
    string? Next);
