using System.Globalization;
using System.Text.Json;
using Darkroom.Jobs.Editing;

namespace Darkroom.Jobs.Costs;

/// <summary>
/// Reads the raw <c>usage</c> object (docs/endpoint.md, Tokens) under the names of images and of chat: <c>input_tokens</c> or <c>prompt_tokens</c>,
/// <c>output_tokens</c> or <c>completion_tokens</c>, each with the details of either kind; gateways fill in one of them and leave the other at zero, so the greater
/// one counts. A server may answer anything, so nothing here fails: what can't be read counts as absent, zero tokens count as absent, and what is absent is filled
/// in so that a cost is never understated.
/// <list type="bullet">
/// <item>no details of the output, or details that leave nothing for the image: all output tokens are image tokens (docs/endpoint.md, Tokens);</item>
/// <item>no details of the input: all input tokens are image tokens, the dearer kind;</item>
/// <item>one part of the details: the other is what the total leaves;</item>
/// <item>parts that don't add up to their total stand as they are;</item>
/// <item>no input or output: what <c>total_tokens</c> leaves; with neither, all of it is image output.</item>
/// </list>
/// </summary>
public static class UsageParser
{
    /// <summary>A count above this is nonsense and counts as absent; it also keeps any cost within the ledger's numeric(20,10).</summary>
    public const long MaxTokens = 1_000_000_000;

    private static readonly ParsedUsage Nothing = new(default, HasInput: false, HasOutput: false);

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
            // Nothing is lost: the raw text is in the ledger, and what it doesn't say is booked at its estimate.
            return Nothing;
        }
    }

    private static ParsedUsage Read(JsonElement usage)
    {
        if (usage.ValueKind != JsonValueKind.Object) return Nothing;
        var total = Count(usage, "total_tokens");
        var (inText, inImage) = Details(usage, "input_tokens_details", "prompt_tokens_details");
        var (outText, outImage) = Details(usage, "output_tokens_details", "completion_tokens_details");
        var inSum = Told(Count(usage, "input_tokens", "prompt_tokens")) ?? Told(inText + inImage);
        var outSum = Told(Count(usage, "output_tokens", "completion_tokens")) ?? Told(outText + outImage);
        var isTotalOnly = inSum is null && outSum is null && total > 0;
        outSum ??= Left(total, inSum ?? ((inText ?? 0) + (inImage ?? 0)));
        inSum ??= Left(total, outSum ?? 0);
        var input = Split(inSum, inText, inImage);
        // An image came, so a breakdown of the output that has no place for one isn't a breakdown.
        var output = outImage is null && Left(outSum, outText ?? 0) == 0 ? (Text: 0, Image: outSum!.Value) : Split(outSum, outText, outImage);
        return new ParsedUsage(
            new TokenUsage(input.Text, input.Image, output.Text, output.Image),
            HasInput: input.Text + input.Image > 0 || isTotalOnly,
            HasOutput: output.Image > 0 && Told(Count(usage, UsageSum.Unaccounted)) is null);
    }

    private static (long? Text, long? Image) Details(JsonElement usage, string name, string other)
    {
        var (text, image) = Details(usage, name);
        var (otherText, otherImage) = Details(usage, other);
        return (Greater(text, otherText), Greater(image, otherImage));
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

    private static long? Left(long? total, long part) => total is null ? null : Math.Max(0, total.Value - part);

    // No edit takes nothing: a zero is a gateway's word for "not known".
    private static long? Told(long? count) => count > 0 ? count : null;

    private static long? Greater(long? a, long? b) => a is null ? b : b is null ? a : Math.Max(a.Value, b.Value);

    private static long? Count(JsonElement parent, string name, string other) => Greater(Count(parent, name), Count(parent, other));

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
