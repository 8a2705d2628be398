using System.Text.Json;
using Darkroom.Jobs.Editing;

namespace Darkroom.Storage.Postgres;

/// <summary>How an item's inputs and small maps stand in jsonb columns.</summary>
internal static class ItemJson
{
    /// <summary><c>{"images":[{"image_url":…}|{"file_id":…}|{"path":…}],"mask":…}</c>.</summary>
    public static void Write(Utf8JsonWriter json, EditInput input)
    {
        json.WriteStartObject();
        json.WriteStartArray("images"u8);
        foreach (var image in input.Images) Write(json, image);
        json.WriteEndArray();
        if (input.Mask is not null)
        {
            json.WritePropertyName("mask"u8);
            Write(json, input.Mask);
        }

        json.WriteEndObject();
    }

    /// <summary>A map of texts.</summary>
    public static void Write(Utf8JsonWriter json, IReadOnlyDictionary<string, string> map)
    {
        json.WriteStartObject();
        foreach (var (name, value) in map) json.WriteString(name, value);
        json.WriteEndObject();
    }

    public static EditInput ReadInput(string json)
    {
        using var document = JsonDocument.Parse(json);
        var root = document.RootElement;
        return new EditInput(
            [.. root.GetProperty("images").EnumerateArray().Select(ReadReference)],
            root.TryGetProperty("mask", out var mask) ? ReadReference(mask) : null);
    }

    public static string Write(IReadOnlyDictionary<string, string> map) => map.Count == 0 ? "{}" : JsonSerializer.Serialize(map);

    public static IReadOnlyDictionary<string, string> ReadMap(string json) =>
        JsonSerializer.Deserialize<Dictionary<string, string>>(json) ?? throw new JsonException("A map of texts was expected.");

    private static void Write(Utf8JsonWriter json, ImageReference reference)
    {
        json.WriteStartObject();
        json.WriteString(NameOf(reference.Kind), reference.Value);
        json.WriteEndObject();
    }

    private static ImageReference ReadReference(JsonElement json)
    {
        var property = json.EnumerateObject().Single();
        var kind = Enum.GetValues<ImageReferenceKind>().Single(kind => property.NameEquals(NameOf(kind)));
        return new ImageReference(kind, property.Value.GetString()!);
    }

    private static string NameOf(ImageReferenceKind kind) => kind switch
    {
        ImageReferenceKind.Url => "image_url",
        ImageReferenceKind.FileId => "file_id",
        ImageReferenceKind.LocalPath => "path",
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, message: null),
    };
}
