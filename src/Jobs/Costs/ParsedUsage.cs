namespace Darkroom.Jobs.Costs;

/// <summary>Tokens read from a call's <c>usage</c>.</summary>
/// <param name="Tokens">By kind; where the usage left a kind open, the dearest that it can be.</param>
/// <param name="Complete">True when all that is needed was there, of the right type, and added up. Absent output details are usual and don't count against it.</param>
public sealed record ParsedUsage(TokenUsage Tokens, bool Complete);
