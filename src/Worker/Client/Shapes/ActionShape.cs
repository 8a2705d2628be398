namespace Darkroom.Worker.Client.Shapes;

/// <summary>What came of an action.</summary>
/// <param name="Batch">The batch.</param>
/// <param name="State">Where it stands now.</param>
/// <param name="Items">How many items changed.</param>
public sealed record ActionShape(
    string Batch,
    string State,
    long Items);
