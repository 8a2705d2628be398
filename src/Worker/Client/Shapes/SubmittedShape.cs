namespace Darkroom.Worker.Client.Shapes;

/// <summary>A batch that was submitted.</summary>
/// <param name="Batch">Its id.</param>
/// <param name="Items">How many items it has.</param>
public sealed record SubmittedShape(
    string Batch,
    long Items)
{
    /// <summary>What is likely not meant in the manifest, a sentence each; null when there is nothing, and for a repeated submission.</summary>
    public IReadOnlyList<string>? Warnings { get; init; }
}
