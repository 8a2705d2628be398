using Darkroom.Jobs.Costs;

namespace Darkroom.Jobs.Models;

/// <summary>What one call will use, guessed before it is made.</summary>
/// <param name="Expected">The likely tokens.</param>
/// <param name="Worst">Tokens that the call should not exceed; a bound where <see cref="Known"/>, else the best that can be said.</param>
/// <param name="Known">True when every number came of the model's own tables and rules.</param>
/// <param name="Notes">What had to be guessed and how, one sentence each; empty when <see cref="Known"/>.</param>
public sealed record TokenEstimate(TokenUsage Expected, TokenUsage Worst, bool Known, IReadOnlyList<string> Notes);
