namespace Darkroom.Worker.Client.Shapes;

/// <summary>A page of batches.</summary>
/// <param name="Batches">The newest first.</param>
/// <param name="Next">The <c>after</c> of the next page; null at the end.</param>
/// <param name="States">How many batches there are in each state, whatever the filter.</param>
public sealed record BatchPageShape(
    IReadOnlyList<BatchShape> Batches,
    string? Next,
    IReadOnlyDictionary<string, long> States);
