namespace Darkroom.Worker.Client.Shapes;

/// <summary>An error, after RFC 9457.</summary>
/// <param name="Type">What kind of problem, a URN.</param>
/// <param name="Title">In short.</param>
/// <param name="Status">The HTTP status.</param>
/// <param name="Detail">What is wrong and what would be right.</param>
/// <param name="Errors">Field by field.</param>
/// <param name="ErrorCount">How many there are in all.</param>
/// <param name="Batch">The batch that the problem is with.</param>
public sealed record ProblemShape(
    string? Type,
    string? Title,
    int? Status,
    string? Detail,
    IReadOnlyList<FieldProblemShape>? Errors,
    long? ErrorCount,
    string? Batch);
