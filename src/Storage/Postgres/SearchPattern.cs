using System.Text.Json;
using Darkroom.Jobs.Browsing;

namespace Darkroom.Storage.Postgres;

/// <summary>What people search for, as the database takes it: every character stands for itself.</summary>
internal static class SearchPattern
{
    /// <summary>A pattern for texts that contain another.</summary>
    public static string? Of(string? text) => string.IsNullOrEmpty(text)
        ? null
        : $"%{text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("%", "\\%", StringComparison.Ordinal).Replace("_", "\\_", StringComparison.Ordinal)}%";

    /// <summary>JSON that the JSON of rows with the tag contains.</summary>
    public static string? Of(TagFilter? tag) =>
        tag is null ? null : JsonSerializer.Serialize(new Dictionary<string, string>(StringComparer.Ordinal) { [tag.Name] = tag.Value });
}
