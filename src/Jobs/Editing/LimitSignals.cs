namespace Darkroom.Jobs.Editing;

/// <summary>What an answer said of the account's limits. Every part is optional; nothing is required of a server.</summary>
/// <param name="Dimensions">By the suffix of <c>x-ratelimit-*-SUFFIX</c>, or the 429 text's dimension (<c>input-images</c>, <c>requests</c>, <c>tokens</c>, <c>images</c>).</param>
/// <param name="Scope">The 429 text's "for limit NAME", a hint at a bucket that models share, or null.</param>
public sealed record LimitSignals(IReadOnlyDictionary<string, LimitSignal> Dimensions, string? Scope = null);
