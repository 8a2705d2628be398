using System.Text.Json;

namespace Darkroom.Jobs.Tests.Editing;

/// <summary>The plain way to read an answer, to compare with: all of it in memory, by the framework's own parser and decoder.</summary>
internal sealed record Reference(IReadOnlyList<byte[]> Images, string? UsageJson)
{
    /// <summary>Null when the answer is no JSON object, an image is no base64, or names stand twice.</summary>
    public static Reference? Read(byte[] body)
    {
        try
        {
            using var document = JsonDocument.Parse(body, new JsonDocumentOptions { AllowDuplicateProperties = false });
            var root = document.RootElement;
            if (root.ValueKind != JsonValueKind.Object) return null;
            var images = new List<(long At, byte[] Bytes)>();
            if (!Take(root, body, images)) return null;
            if (root.TryGetProperty("data", out var data) && data.ValueKind == JsonValueKind.Array)
                foreach (var image in data.EnumerateArray())
                    if (image.ValueKind == JsonValueKind.Object && !Take(image, body, images)) return null;
            var usage = root.TryGetProperty("usage", out var u) && u.ValueKind == JsonValueKind.Object ? u.GetRawText() : null;
            return new Reference([.. images.OrderBy(i => i.At).Select(i => i.Bytes).Where(b => b.Length > 0)], usage);
        }
        catch (Exception e) when (e is JsonException or FormatException or InvalidOperationException)
        {
            return null;
        }
    }

    private static bool Take(JsonElement owner, byte[] body, List<(long At, byte[] Bytes)> images)
    {
        if (!owner.TryGetProperty("b64_json", out var value)) return true;
        // A number there is what the scanner puts in itself, so it is refused; the reference has no opinion.
        if (value.ValueKind == JsonValueKind.Number) return false;
        if (value.ValueKind != JsonValueKind.String) return true;
        var text = string.Concat(value.GetString()!.Where(c => c is not (' ' or '\n' or '\r' or '\t')));
        var padding = text.Length - text.TrimEnd('=').Length;
        if (padding == 0 || (padding == 1 && text.Length % 4 == 3)) text = text.PadRight((text.Length + 3) / 4 * 4, '=');
        images.Add((At(value, body), Convert.FromBase64String(text)));
        return true;
    }

    // Images are numbered in the order in which they arrive, which for a root image behind the data is not the order of places.
    private static long At(JsonElement value, byte[] body)
    {
        ref readonly var first = ref System.Runtime.InteropServices.JsonMarshal.GetRawUtf8Value(value)[0];
        return System.Runtime.CompilerServices.Unsafe.ByteOffset(ref body[0], ref System.Runtime.CompilerServices.Unsafe.AsRef(in first));
    }
}
