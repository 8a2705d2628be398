using System.Text;
using System.Text.Json;
using Darkroom.Jobs.Manifests.Planning;

namespace Darkroom.Jobs.Manifests.Reading;

/// <summary>
/// Reads <c>{"name","prompt","options","tags","items":[…]}</c>, or a bare array of items, with one item in memory at a time. What goes for all items must
/// come before them: to know it only at the end, the items would have to be kept.
/// </summary>
internal sealed class JsonDocumentRowReader(ByteWindow window, JsonRowParser rows, OptionsParser options, TagsParser tags, int maxRowBytes) : RowReader
{
    private static readonly string[] Fields = ["name", "prompt", "options", "tags", "items"];

    private readonly HashSet<string> _seen = new(StringComparer.Ordinal);
    private JsonReaderState _state;
    private Place _place = Place.Start;
    private string _field = "";
    private ManifestHead _head = ManifestHead.Empty;

    private enum Place
    {
        Start,
        Fields,
        Items,
        BareItems,
        Tail,
        Done,
    }

    private enum Step
    {
        NeedsMore,
        Moved,
        HasRow,
    }

    public override ManifestHead Head => _head;

    public override string? FileFault => window.Fault;

    public override async ValueTask<bool> ReadAsync(ManifestRow row, CancellationToken cancellationToken)
    {
        while (_place != Place.Done)
        {
            var step = Advance(row);
            if (step == Step.HasRow) return true;
            if (step == Step.Moved) continue;
            if (window.Length > maxRowBytes) return Stop(row, window.Line, $"a value is longer than {maxRowBytes:N0} bytes, the most that a row may be");
            await window.FillAsync(cancellationToken);
        }

        return false;
    }

    private Step Advance(ManifestRow row)
    {
        var reader = new Utf8JsonReader(window.Span, window.Ended, _state);
        try
        {
            if (!reader.Read())
            {
                if (!window.Ended) return Step.NeedsMore;
                _place = Place.Done;
                return Step.Moved;
            }

            return _place switch
            {
                Place.Start => Begin(ref reader, row),
                Place.Fields when reader.TokenType == JsonTokenType.PropertyName => ReadName(ref reader, row),
                Place.Fields => ReadValue(ref reader, row),
                _ => ReadItem(ref reader, row),
            };
        }
        catch (JsonException) when (_place == Place.Start && window.Ended && window.Span.Trim(" \t\r\n"u8).IsEmpty)
        {
            // Nothing but space: an empty manifest, which the plan has words for.
            _place = Place.Done;
            return Step.Moved;
        }
        catch (JsonException e)
        {
            Stop(row, (int)Math.Min(int.MaxValue, (e.LineNumber ?? 0) + 1), JsonText.Describe(e));
            return Step.HasRow;
        }
    }

    private Step Begin(ref Utf8JsonReader reader, ManifestRow row)
    {
        _place = reader.TokenType switch
        {
            JsonTokenType.StartObject => Place.Fields,
            JsonTokenType.StartArray => Place.BareItems,
            _ => Place.Done,
        };
        if (_place == Place.Done)
        {
            Stop(row, LineOf(ref reader), $"must be a JSON object with items, or an array of items, not {JsonText.KindOf(reader.TokenType)}");
            return Step.HasRow;
        }

        return Moved(ref reader);
    }

    private Step ReadName(ref Utf8JsonReader reader, ManifestRow row)
    {
        var name = Encoding.UTF8.GetString(reader.ValueSpan);
        var isFirst = _seen.Add(name);
        var isTooLate = isFirst && name is not "items" && _seen.Contains("items");
        var reason = !Fields.Contains(name, StringComparer.Ordinal)
            ? $"is not a field of a manifest, which has {string.Join(", ", Fields)}{NearestName.Hint(name, Fields)}"
            : !isFirst ? "is given twice"
            : isTooLate ? "must come before items: what goes for all of them has to be known when the first is read"
            : null;
        _field = reason is null ? name : "";
        if (reason is null) return Moved(ref reader);
        BeginHead(row, LineOf(ref reader));
        row.Fault(ManifestRow.Short(name), reason);
        Moved(ref reader);
        return Step.HasRow;
    }

    private Step ReadValue(ref Utf8JsonReader reader, ManifestRow row)
    {
        if (reader.TokenType == JsonTokenType.EndObject)
        {
            _place = Place.Tail;
            var line = LineOf(ref reader);
            Moved(ref reader);
            if (_seen.Contains("items")) return Step.Moved;
            BeginHead(row, line);
            row.Fault("items", "is missing; a JSON manifest has its items there, or is an array of them");
            return Step.HasRow;
        }

        if (_field is "items" && reader.TokenType == JsonTokenType.StartArray)
        {
            _place = Place.Items;
            return Moved(ref reader);
        }

        var type = reader.TokenType;
        var start = (int)reader.TokenStartIndex;
        BeginHead(row, LineOf(ref reader));
        if (!reader.TrySkip()) return Step.NeedsMore;
        TakeField(type, window.Span[start..(int)reader.BytesConsumed], row);
        Moved(ref reader);
        return row.Faults.Count > 0 ? Step.HasRow : Step.Moved;
    }

    private void TakeField(JsonTokenType type, ReadOnlySpan<byte> json, ManifestRow row)
    {
        // Without a name: the field was refused, and its value goes unread.
        if (_field.Length == 0 || (type == JsonTokenType.Null && _field is not "items")) return;
        var wanted = _field is "items" ? JsonTokenType.StartArray : _field is "options" or "tags" ? JsonTokenType.StartObject : JsonTokenType.String;
        if (type != wanted) row.Fault(_field, $"must be {JsonText.KindOf(wanted)}, not {JsonText.KindOf(type)}");
        else if (JsonText.FaultOf(json, out _) is { } fault) row.Fault(_field, fault);
        else if (_field is "name") _head = _head with { Name = TextOf(json) };
        else if (_field is "prompt") _head = _head with { Prompt = TextOf(json) };
        else if (_field is "options")
        {
            var parsed = options.Parse(json);
            row.Faults.AddRange(parsed.Faults);
            _head = _head with { Options = parsed.Set };
        }
        else
        {
            var parsed = tags.Parse(json);
            row.Faults.AddRange(parsed.Faults);
            _head = _head with { Tags = parsed.Values };
        }
    }

    private Step ReadItem(ref Utf8JsonReader reader, ManifestRow row)
    {
        if (reader.TokenType == JsonTokenType.EndArray)
        {
            _place = _place == Place.Items ? Place.Fields : Place.Tail;
            return Moved(ref reader);
        }

        var start = (int)reader.TokenStartIndex;
        row.Begin(LineOf(ref reader));
        if (!reader.TrySkip()) return Step.NeedsMore;
        rows.Parse(window.Span[start..(int)reader.BytesConsumed], row);
        Moved(ref reader);
        return Step.HasRow;
    }

    private static string TextOf(ReadOnlySpan<byte> json)
    {
        var reader = new Utf8JsonReader(json);
        reader.Read();
        return reader.GetString()!;
    }

    private int LineOf(ref Utf8JsonReader reader) => window.Line + window.Span[..(int)reader.TokenStartIndex].Count((byte)'\n');

    private Step Moved(ref Utf8JsonReader reader)
    {
        _state = reader.CurrentState;
        window.Consume((int)reader.BytesConsumed);
        return Step.Moved;
    }

    private static void BeginHead(ManifestRow row, int line)
    {
        row.Begin(line);
        row.IsItem = false;
    }

    private bool Stop(ManifestRow row, int line, string reason)
    {
        BeginHead(row, line);
        row.Break(reason);
        _place = Place.Done;
        return true;
    }
}
