using System.Globalization;

namespace Darkroom.Benchmarks.Import;

/// <summary>A large JSONL manifest as a shop would write it: a template's variables, a handful of options, two tags.</summary>
internal static class SampleManifest
{
    private static readonly string[] Qualities = ["low", "medium", "high"];
    private static readonly string[] Brands = ["acme", "globex", "initech", "umbrella", "hooli"];

    /// <summary>The default prompt that its rows fill.</summary>
    public const string Prompt = "Put the {{product}} on a plain white background with a soft shadow, keep its {{colour}} exactly";

    /// <summary>Writes it.</summary>
    public static async Task WriteAsync(string path, int rows)
    {
        await using var writer = new StreamWriter(path, append: false, new System.Text.UTF8Encoding(encoderShouldEmitUTF8Identifier: false), bufferSize: 1 << 20);
        for (var row = 0; row < rows; row++)
        {
            await writer.WriteLineAsync(string.Create(CultureInfo.InvariantCulture,
                $$$"""{"id":"SKU-{{{row:0000000}}}","image":"https://images.example/catalogue/2026/autumn/{{{row:0000000}}}/front.png","vars":{"product":"mug no. {{{row}}}","colour":"blue"},"options":{"quality":"{{{Qualities[row % Qualities.Length]}}}","size":"1024x1024"},"tags":{"brand":"{{{Brands[row % Brands.Length]}}}","season":"autumn"}}"""));
        }
    }
}
