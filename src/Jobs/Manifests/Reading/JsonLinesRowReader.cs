namespace Darkroom.Jobs.Manifests.Reading;

/// <summary>Reads one JSON object a line. A line that is wrong doesn't stop the next one.</summary>
internal sealed class JsonLinesRowReader(ByteWindow window, JsonRowParser parser, int maxRowBytes) : RowReader
{
    // Bytes at the start of the window in which no line break is.
    private int _searched;
    private bool _isInTooLong;

    public override string? FileFault => window.Fault;

    public override async ValueTask<bool> ReadAsync(ManifestRow row, CancellationToken cancellationToken)
    {
        while (true)
        {
            var end = window.Span[_searched..].IndexOf((byte)'\n');
            if (end < 0 && !window.Ended)
            {
                _searched = window.Length;
                if (window.Length > maxRowBytes && SkipTooLong(row)) return true;
                await window.ReadMoreAsync(cancellationToken);
                continue;
            }

            if (end < 0 && window.Length == 0) return false;
            var length = end < 0 ? window.Length : _searched + end;
            var hasRow = !_isInTooLong && Parse(length, row);
            _isInTooLong = false;
            _searched = 0;
            window.Consume(Math.Min(length + 1, window.Length));
            if (hasRow) return true;
        }
    }

    private bool Parse(int length, ManifestRow row)
    {
        var line = window.Span[..length].Trim(" \t\r"u8);
        if (line.IsEmpty) return false;
        row.Begin(window.Line);
        if (line.Length > maxRowBytes) row.Break(TooLong());
        else parser.Parse(line, row);
        return true;
    }

    // Lets go of what is here, so that the rest of the line passes through without being kept. True the first time in a line.
    private bool SkipTooLong(ManifestRow row)
    {
        var isFirst = !_isInTooLong;
        if (isFirst)
        {
            row.Begin(window.Line);
            row.Break(TooLong());
        }

        _isInTooLong = true;
        _searched = 0;
        window.Consume(window.Length);
        return isFirst;
    }

    private string TooLong() => $"is longer than {maxRowBytes:N0} bytes, the most that a row may be";
}
