namespace Darkroom.Jobs.Deadlines;

/// <summary>Calls that a batch has still to begin, with one model.</summary>
/// <param name="Model">The model.</param>
/// <param name="Calls">How many.</param>
/// <param name="Images">How many images they ask for.</param>
public sealed record OpenCalls(string Model, long Calls, long Images);
