namespace Darkroom.Worker.Client.Shapes;

/// <summary>A batch that was submitted.</summary>
/// <param name="Batch">Its id.</param>
/// <param name="Items">How many items it has.</param>
public sealed record SubmittedShape(
    string Batch,
    long Items);
