namespace Darkroom.Simulator.Models;

/// <summary>
/// How the simulator counts <c>usage</c>. Where the service published a table, the simulator uses the table. Everywhere else it has a rule of
/// its own, marked as such, which is steady and plausible but not true.
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

    /// <summary>The form in which answers report usage; the account always has it in full. Default: the service's.</summary>
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

/// <summary>Counts the tokens of one edit call.</summary>
internal static class TokenCounter
{
    /// <summary>Text tokens of a prompt.</summary>
    public static long Text(TokenRules rules, string prompt) => (prompt.Length + rules.CharactersPerTextToken - 1) / rules.CharactersPerTextToken;

    /// <summary>Image tokens of one input image. A mask counts nothing.</summary>
    public static long Input(ModelTraits model, int width, int height, bool highFidelity)
    {
        if (!model.HasFreeSizes)
        {
            // Fit in 2048², shortest side to 512, then 65 + 129 a tile of 512 px (published for gpt-image-1).
            var fit = Math.Min(1, 2048.0 / Math.Max(width, height));
            var shrink = fit * Math.Min(1, 512 / (fit * Math.Min(width, height)));
            var tiles = Tiles(width * shrink, 512) * Tiles(height * shrink, 512);
            var fidelity = highFidelity ? (width == height ? 4160 : 6240) : 0;
            return 65 + (129 * tiles) + fidelity;
        }

        // Own rule: a token for every 64 px square after shrinking to the area of 1024². The fixture's one image is 256 tokens.
        var scale = Math.Min(1, Math.Sqrt(1024.0 * 1024 / ((double)width * height)));
        return Math.Max(1, Tiles(width * scale, 64) * Tiles(height * scale, 64));
    }

    /// <summary>Image tokens of one output image.</summary>
    /// <param name="quality">Resolved: never <c>auto</c>.</param>
    public static long Output(ModelTraits model, string quality, int width, int height)
    {
        if (!model.HasFreeSizes)
        {
            var column = width == height ? 0 : width < height ? 1 : 2;
            long[] row = quality switch
            {
                "low" => [272, 408, 400],
                "medium" => [1056, 1584, 1568],
                _ => [4160, 6240, 6208],
            };
            return row[column];
        }

        // Published: 1024² low 196 and high 7,024, 3:2 high 5,488. Own rules: medium is a quarter of high, xhigh half more and max twice as much,
        // 3:2 stands for everything not square, and other sizes go by their area.
        var square = quality switch
        {
            "low" => 196.0,
            "medium" => 1756,
            "xhigh" => 10_536,
            "max" => 14_048,
            _ => 7024,
        };
        var share = width == height
            ? (double)width * height / (1024 * 1024)
            : 5488.0 / 7024 * width * height / (1536 * 1024);
        return (long)Math.Ceiling(Math.Round(square * share, 6));
    }

    // Rounded first, so that 512.0000001 px are one tile.
    private static long Tiles(double edge, int tile) => (long)Math.Ceiling(Math.Round(edge / tile, 6));
}
