namespace Darkroom.Jobs.Costs;

/// <summary>Tokens read from a call's <c>usage</c>.</summary>
/// <param name="Tokens">By kind; where the usage left a kind open, the dearest that it can be.</param>
/// <param name="HasInput">Whether it says what went in: more than no tokens, or a total that covers them.</param>
/// <param name="HasOutput">Whether it says what all images that came took: more than no tokens.</param>
public sealed record ParsedUsage(TokenUsage Tokens, bool HasInput, bool HasOutput)
{
    /// <summary>Whether it says all that a call costs.</summary>
    public bool IsUsable => HasInput && HasOutput;

    /// <summary>The tokens, with what isn't said taken from an estimate; never less than what is said.</summary>
    public TokenUsage FilledBy(TokenUsage expected) => new(
        HasInput ? Tokens.InputText : expected.InputText,
        HasInput ? Tokens.InputImage : expected.InputImage,
        HasOutput ? Tokens.OutputText : Math.Max(Tokens.OutputText, expected.OutputText),
        HasOutput ? Tokens.OutputImage : Math.Max(Tokens.OutputImage, expected.OutputImage));
}
