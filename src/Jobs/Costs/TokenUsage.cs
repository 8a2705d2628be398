namespace Darkroom.Jobs.Costs;

/// <summary>Tokens of one call or many, by kind. The kinds are apart; their sum is the total.</summary>
/// <param name="InputText">Text tokens of the prompt.</param>
/// <param name="InputImage">Image tokens of the inputs.</param>
/// <param name="OutputText">Text tokens of the output.</param>
/// <param name="OutputImage">Image tokens of the output; all output tokens where the usage has no breakdown (docs/endpoint.md, Tokens).</param>
public readonly record struct TokenUsage(long InputText, long InputImage, long OutputText, long OutputImage)
{
    /// <summary>All kinds together.</summary>
    public long Total => InputText + InputImage + OutputText + OutputImage;

    /// <summary>Kind by kind.</summary>
    public static TokenUsage operator +(TokenUsage a, TokenUsage b) =>
        new(a.InputText + b.InputText, a.InputImage + b.InputImage, a.OutputText + b.OutputText, a.OutputImage + b.OutputImage);
}
