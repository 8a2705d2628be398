namespace Darkroom.Simulator.Tokens;

/// <summary>
/// How the simulator counts <c>usage</c>. Tables where the service published them (docs/endpoint.md, Tokens), and rules of its own, said with each, where
/// it did not: their job is to be steady and plausible, not true.
/// </summary>
public sealed record TokenRules
{
    /// <summary>What quality <c>auto</c> means: <c>low</c>, <c>medium</c> or <c>high</c>. Default <c>medium</c>.</summary>
    public string AutoQuality { get; init; } = "medium";

    /// <summary>Characters of a prompt that make a text token, at least 1. Default 4; a rest counts whole.</summary>
    public int CharactersPerTextToken { get; init; } = 4;

    /// <summary>Output tokens that one partial image costs, 0 or more. Default 100.</summary>
    public int PartialImageTokens { get; init; } = 100;

    /// <summary>Whether usage has <c>output_tokens_details</c>. Default false, as it is often absent.</summary>
    public bool OutputDetails { get; init; }

    /// <summary>How usage is told; the account always has it in full. Default as the service tells it.</summary>
    public UsageForm Form { get; init; }

    /// <summary>What is wrong, as for <see cref="SimulatorOptions.FindProblems"/>.</summary>
    internal IEnumerable<string> FindProblems()
    {
        if (AutoQuality is not ("low" or "medium" or "high"))
        {
            yield return $"TokenRules.AutoQuality must be low, medium or high, not '{AutoQuality}'.";
        }

        if (CharactersPerTextToken < 1)
        {
            yield return $"TokenRules.CharactersPerTextToken must be at least 1, not {CharactersPerTextToken}.";
        }

        if (PartialImageTokens < 0)
        {
            yield return $"TokenRules.PartialImageTokens must not be negative, but is {PartialImageTokens}.";
        }
    }
}
