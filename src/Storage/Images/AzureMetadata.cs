using System.Globalization;
using System.Text;
using Darkroom.Jobs.Outputs;

namespace Darkroom.Storage.Images;

/// <summary>
/// What a blob carries: each image its own facts, and its attempt's. Values travel as HTTP headers, so what may not be ASCII is encoded. Persisted, so
/// the names are an API.
/// </summary>
internal static class AzureMetadata
{
    /// <summary>
    /// The longest usage that is carried, in bytes of UTF-8: all metadata of a blob together has 8 KiB. Usages are a few hundred bytes; one beyond this is left out,
    /// since it is in the database in all cases but one (recovery after a crash), and the image matters more.
    /// </summary>
    public const int UsageBytesAtMost = 4 * 1024;

    /// <summary>The metadata of one image.</summary>
    public static Dictionary<string, string> Of(OutputMetadata metadata, StoredImage image)
    {
        var values = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase)
        {
            ["attempt"] = Number(metadata.AttemptId),
            ["images"] = Number(metadata.Images),
            ["index"] = Number(image.Index),
            ["sha256"] = image.Sha256,
            ["format"] = image.Format,
        };
        if (image.Width is { } width) values["width"] = Number(width);
        if (image.Height is { } height) values["height"] = Number(height);
        if (!string.IsNullOrEmpty(metadata.RequestId)) values["request"] = Uri.EscapeDataString(metadata.RequestId);
        if (metadata.UsageJson is { } usage && Encoding.UTF8.GetByteCount(usage) <= UsageBytesAtMost)
            values["usage"] = Convert.ToBase64String(Encoding.UTF8.GetBytes(usage));
        if (metadata.EditKey is { } edit) values["edit"] = edit.ToString("n");
        if (metadata.SourceVersion is { } version) values["version"] = version.ToString("n");
        return values;
    }

    /// <summary>The attempt that a blob belongs to, or null when it doesn't say.</summary>
    public static long? AttemptOf(IDictionary<string, string> values) => Number(values, "attempt");

    /// <summary>Reads the attempt's part.</summary>
    /// <returns>Null when it isn't metadata of ours.</returns>
    public static OutputMetadata? ReadAttempt(IDictionary<string, string> values)
    {
        if (AttemptOf(values) is not { } attempt || Number(values, "images") is not (> 0 and <= int.MaxValue and var images)) return null;
        string? usage = null;
        if (values.TryGetValue("usage", out var encoded))
        {
            var bytes = new byte[encoded.Length];
            if (!Convert.TryFromBase64String(encoded, bytes, out var count)) return null;
            usage = Encoding.UTF8.GetString(bytes, 0, count);
        }

        return new OutputMetadata(attempt, usage, (int)images, values.TryGetValue("request", out var request) ? Uri.UnescapeDataString(request) : null)
        {
            EditKey = Id(values, "edit"),
            SourceVersion = Id(values, "version"),
        };
    }

    /// <summary>Reads the image's part.</summary>
    /// <returns>Null when it isn't metadata of ours.</returns>
    public static StoredImage? ReadImage(IDictionary<string, string> values, string path, long bytes) =>
        Number(values, "index") is { } index && values.TryGetValue("sha256", out var sha256) && values.TryGetValue("format", out var format)
            ? new StoredImage((int)index, path, bytes, sha256, format, (int?)Number(values, "width"), (int?)Number(values, "height"))
            : null;

    private static Guid? Id(IDictionary<string, string> values, string key) =>
        values.TryGetValue(key, out var text) && Guid.TryParseExact(text, "n", out var id) ? id : null;

    private static string Number(long value) => value.ToString(CultureInfo.InvariantCulture);

    private static long? Number(IDictionary<string, string> values, string key) =>
        values.TryGetValue(key, out var text) && long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) ? number : null;
}
