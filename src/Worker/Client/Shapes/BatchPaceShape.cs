namespace Darkroom.Worker.Client.Shapes;

/// <summary>A batch and its pace.</summary>
/// <param name="Batch">The batch.</param>
/// <param name="Pace">The pace that its calls go by now; null when nothing limits it.</param>
public sealed record BatchPaceShape(string Batch, PaceShape? Pace);
