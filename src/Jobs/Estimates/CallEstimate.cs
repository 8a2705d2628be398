using Darkroom.Jobs.Costs;

namespace Darkroom.Jobs.Estimates;

/// <summary>What one call will take.</summary>
/// <param name="Expected">Tokens likely.</param>
/// <param name="Worst">Tokens at worst.</param>
/// <param name="Cost">USD, or nulls.</param>
/// <param name="Guesses">What of it is guessed.</param>
internal sealed record CallEstimate(TokenUsage Expected, TokenUsage Worst, CostEstimate Cost, NoteCount[] Guesses);
