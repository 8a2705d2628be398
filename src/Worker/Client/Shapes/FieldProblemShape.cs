namespace Darkroom.Worker.Client.Shapes;

/// <summary>Something wrong with one field.</summary>
/// <param name="File">The manifest.</param>
/// <param name="Line">1-based.</param>
/// <param name="Field">Its path, such as <c>images[1]</c> or <c>options.size</c>.</param>
/// <param name="Reason">What is wrong and what would be right.</param>
public sealed record FieldProblemShape(
    string? File,
    int? Line,
    string? Field,
    string Reason);
