using System.Text.Unicode;
using CsvHelper;

namespace Darkroom.Jobs.Manifests.Reading;

/// <summary>Reads a header and one record an item. A cell that is empty or blank is an unset one; rows, and columns without a name, that are blank throughout aren't there.</summary>
internal sealed class CsvRowReader : RowReader
{
    private readonly CsvReader _csv;
    private readonly OptionsParser _options;
    private readonly TagsParser _tags;
    private readonly PlanLimits _limits;
    private readonly CsvJsonObject _optionCells = new();
    private readonly CsvJsonObject _tagCells = new();
    private readonly List<ColumnSlip> _slips = [];
    private readonly HashSet<int> _toldColumns = [];
    private readonly ByteWindow _window;
    private readonly int _linesBefore;
    private List<CsvColumn>? _columns;
    private CsvMalformedReason? _malformed;
    private bool _isDone;

    public CsvRowReader(ByteWindow window, OptionsParser options, TagsParser tags, PlanLimits limits)
    {
        (_options, _tags, _limits, _window) = (options, tags, limits, window);
        var dialect = CsvDialect.Of(window.Span, limits.AllowedOptions);
        window.Consume(dialect.HeaderAt);
        _linesBefore = window.Line - 1;
        _csv = CsvReader.Create(new ByteWindowStream(window), new CsvReaderOptions
        {
            HasHeader = false,
            Separator = dialect.Separator,
            DetectSeparatorHint = false,
            Encoding = null,
            TrackLineNumbers = true,
            MaxRecordSize = limits.MaxRowBytes,
            MalformedData = CsvMalformedDataHandling.Recover,
            OnMalformedRecord = record => _malformed = record.Reason,
        });
    }

    public override bool HasColumns => true;

    public override IReadOnlyList<ColumnSlip> Slips => _slips;

    public override string? FileFault => _window.Fault;

    public override async ValueTask<bool> ReadAsync(ManifestRow row, CancellationToken cancellationToken)
    {
        while (!_isDone)
        {
            try
            {
                if (!await _csv.ReadAsync(cancellationToken)) return false;
            }
            catch (CsvFormatException e)
            {
                // With malformed quotes recovered from, the one thing left to throw for is a record past the bound.
                return Stop(row, _linesBefore + (int)e.LineNumber, $"is longer than {_limits.MaxRowBytes:N0} bytes, the most that a row may be; is a quote left open?");
            }

            if (!IsBlank() && Parse(row)) return true;
        }

        return false;
    }

    public override ValueTask DisposeAsync() => _csv.DisposeAsync();

    private bool Parse(ManifestRow row)
    {
        row.Begin(_linesBefore + (int)_csv.LineNumber);
        var raw = _csv.Current.RawRecord;
        var fault = !Utf8.IsValid(raw) ? JsonText.NotUtf8(raw)
            : raw.Contains((byte)0) ? "has the character U+0000, which can't be stored"
            : _malformed is { } reason ? QuoteFault(reason)
            : _columns is not null && !FitsHeader(_columns.Count) ? $"has {_csv.FieldCount} fields, and the header has {_columns.Count}"
            : null;
        _malformed = null;
        if (_columns is null) return ReadHeader(row, fault);
        if (fault is not null) row.Break(fault, ColumnWithZero(_columns));
        else ReadCells(row, _columns);
        return true;
    }

    private string? ColumnWithZero(List<CsvColumn> columns)
    {
        for (var i = 0; i < _csv.FieldCount && i < columns.Count; i++)
            if (_csv.GetSpan(i).Contains((byte)0)) return columns[i].Name;
        return null;
    }

    private bool ReadHeader(ManifestRow row, string? fault)
    {
        if (fault is not null) return Stop(row, row.Line, fault);
        row.IsItem = false;
        _columns = CsvHeader.Read([.. Enumerable.Range(0, _csv.FieldCount).Select(_csv.GetString)], _limits, row, _slips);

        // Rows under a wrong header would only repeat its faults.
        _isDone = row.Faults.Count > 0;
        return _isDone;
    }

    private void ReadCells(ManifestRow row, List<CsvColumn> columns)
    {
        for (var i = 0; i < columns.Count; i++)
            if (!IsBlank(i)) ReadCell(columns[i], i, _csv.GetString(i), row);
        if (_optionCells.Take() is { IsEmpty: false } options)
        {
            row.Options = _options.Parse(options);
            row.Faults.AddRange(row.Options.Faults);
        }

        if (_tagCells.Take() is { IsEmpty: false } tags)
        {
            row.Tags = _tags.Parse(tags);
            row.Faults.AddRange(row.Tags.Faults);
        }
    }

    // Spreadsheets write a line of separators for every row that once had something in it.
    private bool IsBlank()
    {
        if (_malformed is not null) return false;
        for (var i = 0; i < _csv.FieldCount; i++)
            if (!IsBlank(i)) return false;
        return true;
    }

    private bool IsBlank(int field)
    {
        var bytes = _csv.GetSpan(field);
        // Most cells begin with a letter or digit, and need no further look.
        return bytes.IsEmpty || ((bytes[0] <= ' ' || bytes[0] >= 0x80) && bytes[0] != 0 && Utf8.IsValid(bytes) && string.IsNullOrWhiteSpace(_csv.GetString(field)));
    }

    // More fields than the header has are fine when nothing is in them.
    private bool FitsHeader(int columns)
    {
        if (_csv.FieldCount < columns) return false;
        for (var i = columns; i < _csv.FieldCount; i++)
            if (!IsBlank(i)) return false;
        return true;
    }

    private void ReadCell(CsvColumn column, int at, string text, ManifestRow row)
    {
        switch (column.Kind)
        {
            case CsvColumnKind.Id:
                row.Id = text;
                break;
            case CsvColumnKind.Image:
            case CsvColumnKind.Images:
                ReadImages(column, text, row);
                break;
            case CsvColumnKind.Mask:
                row.Mask = SourceText.OfText(text);
                break;
            case CsvColumnKind.Prompt:
                row.Prompt = text;
                break;
            case CsvColumnKind.Output:
                row.Output = text;
                break;
            case CsvColumnKind.Nameless:
                if (_toldColumns.Add(at)) row.Fault(column.Name, "has a value here, and no name in the header");
                break;
            case CsvColumnKind.Option:
                _optionCells.AddOption(column.Name, text);
                break;
            case CsvColumnKind.Tag:
                _tagCells.AddText(column.Name, text);
                break;
            default:
                row.Variables.Add(new KeyValuePair<string, string?>(column.Name, text));
                break;
        }
    }

    private static void ReadImages(CsvColumn column, string text, ManifestRow row)
    {
        if (row.ImageField is not null) row.Fault(column.Name, "stands beside the other of image and images; give one of them");
        row.ImageField = column.Name;
        if (column.Kind == CsvColumnKind.Image) row.Images.Add(SourceText.OfText(text));
        else foreach (var part in text.Split('|')) row.Images.Add(SourceText.OfText(part));
    }

    private static string QuoteFault(CsvMalformedReason reason) => reason switch
    {
        CsvMalformedReason.UnterminatedQuote => "has a quoted field that is never closed",
        CsvMalformedReason.TextAfterClosingQuote => "has text after the closing quote of a field; a quote inside of quotes is doubled",
        _ => "has a quote inside of an unquoted field; put the field in quotes and double those inside",
    };

    private bool Stop(ManifestRow row, int line, string reason)
    {
        row.Begin(line);
        row.IsItem = false;
        row.Break(reason);
        _isDone = true;
        return true;
    }
}
