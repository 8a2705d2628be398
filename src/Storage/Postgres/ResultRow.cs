using System.Text.Json;
using Darkroom.Jobs.Batches;
using Darkroom.Jobs.Costs;
using Darkroom.Jobs.Outputs;
using Npgsql;

namespace Darkroom.Storage.Postgres;

/// <summary>Reads a row of <see cref="Sql.BatchSql.Results"/>, and an item's stored error.</summary>
internal static class ResultRow
{
    public static ItemResult Read(NpgsqlDataReader reader) => new(
        reader.GetString(1),
        StateNames.ParseItemState(reader.GetString(2)),
        reader.GetInt16(3),
        ReadOutputs(reader.GetString(6)),
        new TokenUsage(reader.GetInt64(7), reader.GetInt64(8), reader.GetInt64(9), reader.GetInt64(10)),
        reader.GetInt64(13) > 0 ? null : reader.GetDecimal(11),
        reader.GetDecimal(12),
        reader.IsDBNull(5) ? null : reader.GetString(5),
        reader.IsDBNull(4) ? null : ReadError(reader.GetString(4)))
    {
        EstimatedUsd = reader.GetDecimal(15),
        TraceId = reader.IsDBNull(14) ? null : reader.GetString(14),
    };

    public static ItemError ReadError(string json)
    {
        using var document = JsonDocument.Parse(json);
        var root = document.RootElement;
        return new ItemError(
            root.GetProperty("class").GetString()!,
            Text(root, "code"),
            root.GetProperty("message").GetString()!,
            Text(root, "request_id"),
            root.TryGetProperty("details", out var details) && details.ValueKind != JsonValueKind.Null ? details.GetRawText() : null);
    }

    public static StoredImage[] ReadOutputs(string json)
    {
        using var document = JsonDocument.Parse(json);
        return [.. document.RootElement.EnumerateArray().Select(output => new StoredImage(
            output.GetProperty("n").GetInt32(),
            output.GetProperty("path").GetString()!,
            output.GetProperty("bytes").GetInt64(),
            output.GetProperty("sha256").GetString()!,
            output.GetProperty("format").GetString()!,
            Number(output, "width"),
            Number(output, "height")))];
    }

    private static string? Text(JsonElement json, string name) => json.TryGetProperty(name, out var value) ? value.GetString() : null;

    private static int? Number(JsonElement json, string name) => json.GetProperty(name) is { ValueKind: JsonValueKind.Number } value ? value.GetInt32() : null;
}
