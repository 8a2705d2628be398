using Darkroom.Jobs.Costs;
using Darkroom.Jobs.Editing;

namespace Darkroom.Jobs.Models;

/// <summary>
/// Guesses the tokens of a call from the model book. Where a model publishes no number, the highest known of its family
/// (of the whole book for a model without one) stands in, and the estimate says so; measured averages should replace it.
/// Rules, and where they come from (docs/endpoint.md, Tokens and Streams):
/// <list type="bullet">
/// <item>prompt: a quarter of a token a character expected, a whole one at worst (scripts such as Chinese come near it);</item>
/// <item>input image: the model's tile rule; of unknown size, 1024x1024 expected and the rule's maximum at worst;
/// a mask counts at worst as one more image like the first;</item>
/// <item>output image: the table's cell; quality unset or auto is <c>high</c> expected ("best for the model") and the
/// table's dearest at worst; size unset or auto is 1024x1024 expected and the dearest at worst;
/// sizes above 1536x1024 that no table has are scaled up by area;</item>
/// <item>partial images: each adds its tokens; with n images they may come for every one, so at worst n times.</item>
/// </list>
/// A model that is priced per image has no tokens to estimate.
/// </summary>
public sealed class TokenEstimator
{
    private const string Auto = "auto";
    private const string BestQuality = "high";

    private static readonly ImageSize Usual = new(1024, 1024);
    private static readonly ImageSize LargestInTables = new(1536, 1024);
    private static readonly TokenEstimate NoTokens = new(default, default, Known: true, []);

    private readonly FamilyTokens _all;
    private readonly Dictionary<string, FamilyTokens> _families;

    /// <summary>Makes an estimator that goes by one book.</summary>
    public TokenEstimator(ModelBook book)
    {
        _all = new FamilyTokens(book.Models);
        _families = book.Models.GroupBy(m => m.Family, StringComparer.Ordinal).ToDictionary(g => g.Key, g => new FamilyTokens(g), StringComparer.Ordinal);
    }

    /// <summary>Estimates one call.</summary>
    /// <param name="model">The entry of the options' <c>model</c>.</param>
    /// <param name="options">The options that would be sent; n, size, quality, input_fidelity, stream and partial_images count.</param>
    /// <param name="promptLength">Characters of the prompt.</param>
    /// <param name="images">The input images' sizes, null where unknown.</param>
    /// <param name="hasMask">Whether a mask goes along.</param>
    public TokenEstimate Estimate(ModelEntry model, EditOptions options, int promptLength, IReadOnlyList<ImageSize?> images, bool hasMask = false)
    {
        if (model.IsPricedPerImage) return NoTokens;
        var family = _families.TryGetValue(model.Family, out var known) && known.IsUseful ? known : _all;
        var notes = new List<string>(2);
        var (input, inputWorst) = Inputs(model, options, images, hasMask, family, notes);
        var (output, outputWorst) = Output(model, options, family, notes);
        long n = Math.Max(1, options.N);
        long partial = options.Stream ? Math.Max(0, options.Number("partial_images") ?? 0) * (long)model.PartialImageTokens : 0;
        var text = model.IsKnown ? model.OutputTextTokensWorst : family.OutputText;
        return new TokenEstimate(
            new TokenUsage((promptLength + 3L) / 4, input, 0, (n * output) + partial),
            new TokenUsage(promptLength, inputWorst, n * text, n * (outputWorst + partial)),
            notes.Count == 0,
            notes.Count == 0 ? [] : notes);
    }

    private static (long Expected, long Worst) Inputs(
        ModelEntry model, EditOptions options, IReadOnlyList<ImageSize?> images, bool hasMask, FamilyTokens family, List<string> notes)
    {
        var high = string.Equals(options.Text("input_fidelity"), BestQuality, StringComparison.Ordinal);
        var rule = model.InputTokens;
        if (rule is null) notes.Add($"{model.Name} publishes no rule for input image tokens: the highest known of alike models stands in.");
        long expected = 0, worst = 0;
        foreach (var size in images)
        {
            expected += rule?.Tokens(size ?? Usual, high) ?? family.Input(size ?? Usual);
            worst += Worst(size);
        }

        return (expected, hasMask && images.Count > 0 ? worst + Worst(images[0]) : worst);

        long Worst(ImageSize? size) => rule is null ? family.InputWorst() : size is { } known ? rule.Tokens(known, high) : rule.Worst(high);
    }

    private static (long Expected, long Worst) Output(ModelEntry model, EditOptions options, FamilyTokens family, List<string> notes)
    {
        var quality = options.Text("quality") ?? Auto;
        var size = ImageSize.Parse(options.Text("size"));
        var likely = IsAuto(quality) ? BestQuality : quality;
        var cell = Cell(model, (size ?? Usual).ToString(), likely);
        if (OwnWorst(model, quality, size) is { } own) return (cell ?? own, own);
        notes.Add($"{model.Name} publishes no output tokens for size {options.Text("size") ?? Auto} at quality {quality}: the highest known of alike models stands in.");
        var worst = Scaled(IsAuto(quality) ? family.Highest : family.HighestAt(quality), size);
        return (cell ?? Scaled(family.HighestAt(likely), size), worst);
    }

    /// <summary>The dearest cell that the call may land on, or null when the model's own table doesn't have every such cell.</summary>
    private static long? OwnWorst(ModelEntry model, string quality, ImageSize? size)
    {
        if (model.OutputTokens is null) return null;
        if (size is { } only && !IsAuto(quality)) return Cell(model, only.ToString(), quality);
        // With sizes free, auto may be a size that no table has.
        if (size is null && model.Sizes?.Free is not null) return null;
        IEnumerable<string> sizes = size is { } given ? [given.ToString()] : model.OutputTokens.Keys;
        IEnumerable<string> qualities = !IsAuto(quality) ? [quality]
            : model.Parameters.TryGetValue("quality", out var rule) && rule.Values.Count > 0 ? rule.Values.Where(v => !IsAuto(v))
            : model.OutputTokens.Values.SelectMany(row => row.Keys).Distinct(StringComparer.Ordinal);
        long worst = 0;
        foreach (var s in sizes)
        {
            foreach (var q in qualities)
            {
                if (Cell(model, s, q) is not { } tokens) return null;
                worst = Math.Max(worst, tokens);
            }
        }

        return worst == 0 ? null : worst;
    }

    private static long? Cell(ModelEntry model, string size, string quality) =>
        model.OutputTokens is not null && model.OutputTokens.TryGetValue(size, out var row) && row.TryGetValue(quality, out var tokens) ? tokens : null;

    private static long Scaled(long tokens, ImageSize? size) =>
        size is { } given && given.Pixels > LargestInTables.Pixels
            ? (long)Math.Ceiling((decimal)tokens * given.Pixels / LargestInTables.Pixels)
            : tokens;

    private static bool IsAuto(string value) => string.Equals(value, Auto, StringComparison.Ordinal);
}
