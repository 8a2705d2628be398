using System.Globalization;
using System.Text.Json;
using Darkroom.Jobs.Editing;
using Darkroom.Jobs.Manifests;

namespace Darkroom.Benchmarks.Common;

/// <summary>Items as a catalogue has them. Their URLs are never fetched: the simulator draws a picture for a host that it doesn't know.</summary>
internal static class SampleItems
{
    /// <summary>The model of all.</summary>
    public const string Model = "gpt-image-2";

    private static readonly EditOptions Options = EditOptions.Create(
    [
        KeyValuePair.Create("model", JsonSerializer.SerializeToElement(Model)),
        KeyValuePair.Create("quality", JsonSerializer.SerializeToElement("low")),
        KeyValuePair.Create("size", JsonSerializer.SerializeToElement("1024x1024")),
    ]);

    private static readonly IReadOnlyDictionary<string, string> Tags = new Dictionary<string, string>(StringComparer.Ordinal) { ["brand"] = "acme" };

    /// <summary>An item by number.</summary>
    public static PlannedItem Item(int number)
    {
        var key = string.Create(CultureInfo.InvariantCulture, $"SKU-{number:0000000}");
        return new PlannedItem(number, key, new EditInput([ImageReference.Url(UrlOf(number))], null), PromptOf(number), Options, key, Tags);
    }

    /// <summary>So many items.</summary>
    public static IAsyncEnumerable<PlannedItem> Take(int count) => Enumerable.Range(0, count).Select(Item).ToAsyncEnumerable();

    /// <summary>The body that the worker sends for an item, laid out by hand.</summary>
    public static string BodyOf(int number) =>
        $$"""{"images":[{"image_url":"{{UrlOf(number)}}"}],"prompt":"{{PromptOf(number)}}","model":"{{Model}}","quality":"low","size":"1024x1024"}""";

    private static string UrlOf(int number) => string.Create(CultureInfo.InvariantCulture, $"https://images.example/catalogue/2026/autumn/{number:0000000}/front.png");

    private static string PromptOf(int number) => string.Create(CultureInfo.InvariantCulture, $"Put the mug no. {number} on a plain white background with a soft shadow");
}
