using System.Globalization;
using System.Text.Json;

namespace Darkroom.Jobs.Costs;

/// <summary>
/// Reads the raw <c>usage</c> object (images-edits-contract.md, Returns). A server may answer anything, so nothing here fails:
/// what can't be read counts as absent, and what is absent is filled in so that a cost is never understated.
/// <list type="bullet">
/// <item>no <c>output_tokens_details</c>: all output tokens are image tokens (images-edits-facts.md, Prices);</item>
/// <item>no <c>input_tokens_details</c>: all input tokens are image tokens, the dearer kind;</item>
/// <item>one part of the details: the other is what the total leaves;</item>
/// <item>parts that don't add up to their total stand as they are;</item>
/// <item>no <c>input_tokens</c> or <c>output_tokens</c>: what <c>total_tokens</c> leaves; with neither, all of it is image output.</item>
/// </list>
/// </summary>
public static class UsageParser
{
    /// <summary>A count above this is nonsense and counts as absent; it also keeps any cost within the ledger's numeric(20,10).</summary>
    public const long MaxTokens = 1_000_000_000;

    private static readonly ParsedUsage Nothing = new(default, Complete: false);

    /// <summary>Reads the tokens.</summary>
    /// <param name="usageJson">The object as it came, or null when the answer had none.</param>
    public static ParsedUsage Parse(string? usageJson)
    {
        if (string.IsNullOrWhiteSpace(usageJson)) return Nothing;
        try
        {
            using var document = JsonDocument.Parse(usageJson);
            return Read(document.RootElement);
        }
        catch (Exception e) when (e is JsonException or ArgumentException or InvalidOperationException)
        {
            // Not JSON, or text with half a surrogate pair, raw (ArgumentException) or escaped (InvalidOperationException).
            // Nothing is lost: the raw text is in the ledger, and a usage that isn't complete is shown as such.
            return Nothing;
        }
    }

    private static ParsedUsage Read(JsonElement usage)
    {
        if (usage.ValueKind != JsonValueKind.Object) return Nothing;
        var total = Count(usage, "total_tokens");
        var (inText, inImage) = Details(usage, "input_tokens_details");
        var (outText, outImage) = Details(usage, "output_tokens_details");
        var inSum = Count(usage, "input_tokens") ?? Sum(inText, inImage);
        var outSum = Count(usage, "output_tokens") ?? Sum(outText, outImage);
        var complete = inSum is not null && outSum is not null && inText is not null && inImage is not null;
        outSum ??= Left(total, inSum ?? 0);
        inSum ??= Left(total, outSum ?? 0);
        var input = Split(inSum, inText, inImage);
        var output = Split(outSum, outText, outImage);
        var tokens = new TokenUsage(input.Text, input.Image, output.Text, output.Image);
        var addsUp = input.Text + input.Image == inSum && output.Text + output.Image == outSum && (total is null || total == inSum + outSum);
        return new ParsedUsage(tokens, complete && addsUp);
    }

    private static (long? Text, long? Image) Details(JsonElement usage, string name) =>
        usage.TryGetProperty(name, out var details) && details.ValueKind == JsonValueKind.Object
            ? (Count(details, "text_tokens"), Count(details, "image_tokens"))
            : (null, null);

    private static (long Text, long Image) Split(long? sum, long? text, long? image) => (text, image) switch
    {
        ({ } t, { } i) => (t, i),
        ({ } t, null) => (t, Left(sum, t) ?? 0),
        (null, { } i) => (Left(sum, i) ?? 0, i),
        _ => (0, sum ?? 0),
    };

    private static long? Sum(long? a, long? b) => a is null || b is null ? null : a + b;

    private static long? Left(long? total, long part) => total is null ? null : Math.Max(0, total.Value - part);

    private static long? Count(JsonElement parent, string name)
    {
        if (!parent.TryGetProperty(name, out var value)) return null;
        var text = value.ValueKind switch
        {
            JsonValueKind.Number => value.GetRawText(),
            JsonValueKind.String => value.GetString(),
            _ => null,
        };
        return decimal.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number)
            && number is >= 0 and <= MaxTokens && number == decimal.Truncate(number)
            ? (long)number
            : null;
    }
}
