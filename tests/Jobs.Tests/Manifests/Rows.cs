using System.Text.Json;
using System.Text.Json.Nodes;
using FsCheck;
using FsCheck.Fluent;

namespace Darkroom.Jobs.Tests.Manifests;

/// <summary>Generated rows, and the same rows written in each of a manifest's forms.</summary>
internal sealed record Rows(string Id, IReadOnlyList<string> Images, string? Mask, string Text, string? Quality, int? N, bool? Stream, string? Brand, bool HasOutput)
{
    private static readonly Gen<string> Words = Gen.Elements("a", "mug", " ", "\"", ",", "\n", "\r\n", "é", "🙂", "'", "\\", ";", "|", "{", "}").NonEmptyListOf().Select(w => string.Concat(w) + "x");

    private static readonly Gen<Rows> One =
        from images in Gen.Elements("https://shop.example/a.png", "http://b/c?d=1,2", "data:image/png;base64,AAAA", "file-abc123").NonEmptyListOf()
        from mask in Gen.Elements(null, "https://shop.example/m.png", "file-mask")
        from text in Words
        from quality in Gen.Elements(null, "low", "high")
        from n in Gen.Elements<int?>(null, 1, 10)
        from stream in Gen.Elements<bool?>(null, true, false)
        from brand in Gen.OneOf(Gen.Constant<string?>(null), Words.Select(w => (string?)w))
        from output in Gen.Elements(true, false)
        select new Rows("", [.. images.Take(16)], mask, text, quality, n, stream, brand, output);

    public static Gen<IReadOnlyList<Rows>> Any { get; } = One.NonEmptyListOf().Select(rows => (IReadOnlyList<Rows>)[.. rows.Select((r, i) => r with { Id = $"id {i}" })]);

    public static string AsJsonLines(IReadOnlyList<Rows> rows) => string.Join('\n', rows.Select(r => r.ToJson().ToJsonString()));

    public static string AsJson(IReadOnlyList<Rows> rows) =>
        new JsonObject { ["items"] = new JsonArray([.. rows.Select(r => r.ToJson())]) }.ToJsonString(new JsonSerializerOptions { WriteIndented = true });

    public static string AsCsv(IReadOnlyList<Rows> rows) =>
        "id,images,mask,prompt,thing,quality,n,stream,tag:brand,output\r\n" + string.Concat(rows.Select(r => string.Join(',', r.Cells().Select(Cell)) + "\r\n"));

    private static string Cell(string? text) => text is null ? "" : $"\"{text.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";

    private static JsonNode? Source(string? text) => text is null ? null : text.StartsWith("file-", StringComparison.Ordinal) ? new JsonObject { ["file_id"] = text } : JsonValue.Create(text);

    private JsonObject ToJson()
    {
        var options = new JsonObject();
        if (Quality is not null) options["quality"] = Quality;
        if (N is not null) options["n"] = N;
        if (Stream is not null) options["stream"] = Stream;
        var row = new JsonObject
        {
            ["id"] = Id,
            ["images"] = new JsonArray([.. Images.Select(Source)]),
            ["prompt"] = "Show {{ thing }}",
            ["vars"] = new JsonObject { ["thing"] = Text },
            ["options"] = options,
        };
        if (Mask is not null) row["mask"] = Source(Mask);
        if (Brand is not null) row["tags"] = new JsonObject { ["brand"] = Brand };
        if (HasOutput) row["output"] = $"out/{Id}";
        return row;
    }

    private IEnumerable<string?> Cells() =>
        [Id, string.Join('|', Images), Mask, "Show {{ thing }}", Text, Quality, N?.ToString(), Stream?.ToString(), Brand, HasOutput ? $"out/{Id}" : null];
}
