using Darkroom.Simulator.Edits;
using Darkroom.Simulator.Tokens;

namespace Darkroom.Simulator.Answers;

/// <summary>Everything that an edit's answer says.</summary>
/// <param name="Images">In order.</param>
/// <param name="Partials">For each image, its partial images; empty without streaming.</param>
/// <param name="Shares">Each image's share of the usage: the input counts with the first.</param>
/// <param name="Usage">The whole call's, or null for a model without.</param>
/// <param name="Quality">Resolved.</param>
/// <param name="Created">Unix seconds.</param>
/// <param name="Urls">For dall-e-2: where the images can be had, instead of base64; else null.</param>
internal sealed record EditAnswer(
    EditRequest Request,
    IReadOnlyList<AnswerImage> Images,
    IReadOnlyList<IReadOnlyList<AnswerImage>> Partials,
    IReadOnlyList<Usage> Shares,
    Usage? Usage,
    string Quality,
    int Width,
    int Height,
    long Created,
    IReadOnlyList<string>? Urls)
{
    /// <summary><c>background</c> of the answer.</summary>
    public string Background => Request.Transparent ? "transparent" : "opaque";

    /// <summary><c>output_format</c> of the answer.</summary>
    public string Format => Request.Format.ToString().ToLowerInvariant();

    /// <summary><c>size</c> of the answer.</summary>
    public string Size => $"{Width}x{Height}";
}
