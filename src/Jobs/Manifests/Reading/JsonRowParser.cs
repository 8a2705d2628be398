using System.Text.Json;
using Darkroom.Jobs.Manifests.Planning;

namespace Darkroom.Jobs.Manifests.Reading;

/// <summary>Reads one row that is a JSON object. Made for millions: no document, no reflection, strings only for what is kept.</summary>
internal sealed class JsonRowParser(OptionsParser options, TagsParser tags)
{
    private static readonly string[] Fields = ["id", "image", "images", "mask", "prompt", "vars", "options", "output", "tags"];

    private readonly NamePool _names = new();

    /// <summary>Reads <paramref name="json"/>, which may have space around it but nothing else.</summary>
    public void Parse(ReadOnlySpan<byte> json, ManifestRow row)
    {
        if (JsonText.FaultOf(json, out var faulty) is { } fault)
        {
            row.Break(fault, faulty);
            return;
        }

        var reader = new Utf8JsonReader(json);
        try
        {
            reader.Read();
            if (reader.TokenType != JsonTokenType.StartObject)
            {
                row.Break($"must be a JSON object, not {JsonText.KindOf(reader.TokenType)}");
                return;
            }

            var seen = 0;
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName) ReadField(ref reader, json, row, ref seen);
            reader.Read();
        }
        catch (JsonException e)
        {
            row.Break(JsonText.Describe(e));
        }
    }

    private static int IndexOfField(ref Utf8JsonReader reader)
    {
        if (reader.ValueTextEquals("id"u8)) return 0;
        if (reader.ValueTextEquals("image"u8)) return 1;
        if (reader.ValueTextEquals("images"u8)) return 2;
        if (reader.ValueTextEquals("mask"u8)) return 3;
        if (reader.ValueTextEquals("prompt"u8)) return 4;
        if (reader.ValueTextEquals("vars"u8)) return 5;
        if (reader.ValueTextEquals("options"u8)) return 6;
        if (reader.ValueTextEquals("output"u8)) return 7;
        return reader.ValueTextEquals("tags"u8) ? 8 : -1;
    }

    private void ReadField(ref Utf8JsonReader reader, ReadOnlySpan<byte> json, ManifestRow row, ref int seen)
    {
        var index = IndexOfField(ref reader);
        if (index < 0)
        {
            var name = reader.GetString()!;
            row.Fault(ManifestRow.Short(name), $"is not a field of a row{HintFor(name)}");
            reader.Read();
            reader.Skip();
            return;
        }

        var field = Fields[index];
        if ((seen & (1 << index)) != 0) row.Fault(field, "is given twice");
        seen |= 1 << index;
        reader.Read();
        if (reader.TokenType == JsonTokenType.Null) return;
        switch (index)
        {
            case 0:
                row.Id = Text(ref reader, field, row);
                break;
            case 1:
            case 2:
                ReadImages(ref reader, field, row);
                break;
            case 3:
                row.Mask = Source(ref reader, field, row);
                break;
            case 4:
                row.Prompt = Text(ref reader, field, row);
                row.HasFaultyPrompt = row.Prompt is null;
                break;
            case 5:
                ReadVariables(ref reader, row);
                break;
            case 6:
                row.Options = Piece(ref reader, json, field, row, out var piece) ? options.Parse(piece) : null;
                row.Faults.AddRange(row.Options?.Faults ?? []);
                break;
            case 7:
                row.Output = Text(ref reader, field, row);
                break;
            default:
                row.Tags = Piece(ref reader, json, field, row, out piece) ? tags.Parse(piece) : null;
                row.Faults.AddRange(row.Tags?.Faults ?? []);
                break;
        }
    }

    private static string HintFor(string name) =>
        Editing.EditParameters.All.ContainsKey(name) ? $"; an option goes into options: {{\"{name}\": …}}" : NearestName.Hint(name, Fields);

    private static string? Text(ref Utf8JsonReader reader, string field, ManifestRow row)
    {
        if (reader.TokenType == JsonTokenType.String) return reader.GetString();
        row.Fault(field, $"must be a string, not {JsonText.KindOf(reader.TokenType)}");
        reader.Skip();
        return null;
    }

    private static bool Piece(ref Utf8JsonReader reader, ReadOnlySpan<byte> json, string field, ManifestRow row, out ReadOnlySpan<byte> piece)
    {
        var start = (int)reader.TokenStartIndex;
        var isObject = reader.TokenType == JsonTokenType.StartObject;
        if (!isObject) row.Fault(field, $"must be an object, not {JsonText.KindOf(reader.TokenType)}");
        reader.Skip();
        piece = json[start..(int)reader.BytesConsumed];
        return isObject;
    }

    private static void ReadImages(ref Utf8JsonReader reader, string field, ManifestRow row)
    {
        if (row.ImageField is not null) row.Fault(field, "stands beside the other of image and images; give one of them");
        row.ImageField = field;
        if (field is "image")
        {
            if (reader.TokenType == JsonTokenType.StartArray) row.Fault(field, "must be one image; several go into images");
            row.Images.Add(reader.TokenType == JsonTokenType.StartArray ? Skipped(ref reader) : Source(ref reader, field, row));
        }
        else if (reader.TokenType != JsonTokenType.StartArray)
        {
            row.Fault(field, $"must be an array, not {JsonText.KindOf(reader.TokenType)}; one image goes into image");
            row.Images.Add(Skipped(ref reader));
        }
        else
        {
            while (reader.Read() && reader.TokenType != JsonTokenType.EndArray) row.Images.Add(Source(ref reader, row.NameOfImage(row.Images.Count), row));
        }
    }

    private static SourceText Skipped(ref Utf8JsonReader reader)
    {
        reader.Skip();
        return SourceText.Faulty;
    }

    private static SourceText Source(ref Utf8JsonReader reader, string field, ManifestRow row)
    {
        if (reader.TokenType == JsonTokenType.String) return new SourceText(SourceForm.Plain, reader.GetString()!);
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            row.Fault(field, $"must be a string, {{\"image_url\": …}} or {{\"file_id\": …}}, not {JsonText.KindOf(reader.TokenType)}");
            return Skipped(ref reader);
        }

        var source = SourceText.Faulty;
        var (given, faults) = (0, row.Faults.Count);
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var form = reader.ValueTextEquals("file_id"u8) ? SourceForm.FileId : reader.ValueTextEquals("image_url"u8) ? SourceForm.Url : SourceForm.Faulty;
            var name = reader.GetString()!;
            if (form == SourceForm.Faulty) row.Fault($"{field}.{ManifestRow.Short(name)}", "is not a field of an image, which has file_id or image_url");
            reader.Read();
            if (reader.TokenType == JsonTokenType.Null) continue;
            if (form != SourceForm.Faulty) given++;
            if (form != SourceForm.Faulty && Text(ref reader, $"{field}.{name}", row) is { } text) source = new SourceText(form, text);
            else reader.Skip();
        }

        if (given != 1 && row.Faults.Count == faults) row.Fault(field, "must have exactly one of image_url and file_id");
        return row.Faults.Count == faults ? source : SourceText.Faulty;
    }

    private void ReadVariables(ref Utf8JsonReader reader, ManifestRow row)
    {
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            row.Fault("vars", $"must be an object, not {JsonText.KindOf(reader.TokenType)}");
            reader.Skip();
            return;
        }

        var seen = new NamesSeen(row.Variables);
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var name = reader.ValueIsEscaped ? reader.GetString()! : _names.Get(reader.ValueSpan);
            if (!seen.IsNew(name)) row.Fault($"vars.{ManifestRow.Short(name)}", "is given twice");
            reader.Read();
            var type = reader.TokenType;
            var value = JsonText.Scalar(ref reader);
            row.Variables.Add(new KeyValuePair<string, string?>(name, value));
            if (value is null && type != JsonTokenType.Null)
                row.Fault($"vars.{ManifestRow.Short(name)}", $"must be a string, a number, true or false, not {JsonText.KindOf(type)}");
        }
    }
}
