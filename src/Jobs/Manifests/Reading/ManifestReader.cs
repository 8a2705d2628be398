using System.Text;
using Darkroom.Jobs.Images;

namespace Darkroom.Jobs.Manifests.Reading;

/// <summary>Finds the reader for a manifest.</summary>
internal static class ManifestReader
{
    private static ReadOnlySpan<byte> ByteOrderMark => [0xEF, 0xBB, 0xBF];

    /// <summary>Looks at a manifest's start, passes over its byte order mark, and gives the reader for its form; or one that says why it is none.</summary>
    public static async ValueTask<RowReader> OpenAsync(Stream manifest, ManifestSource source, PlanLimits limits, CancellationToken cancellationToken)
    {
        var window = new ByteWindow(manifest);
        await FillAsync(window, FormatSniffer.EnoughBytes, cancellationToken);
        if (NoManifest(window.Span) is { } reason) return new NoManifestReader(reason);
        if (Utf16Of(window.Span) is { } utf16)
        {
            window.Consume(2);
            window = new ByteWindow(Encoding.CreateTranscodingStream(new ByteWindowStream(window), utf16, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false)));
            await FillAsync(window, FormatSniffer.EnoughBytes, cancellationToken);
        }

        if (window.Span.StartsWith(ByteOrderMark)) window.Consume(ByteOrderMark.Length);

        var options = new OptionsParser(limits.AllowedOptions);
        var tags = new TagsParser();
        var rows = new JsonRowParser(options, tags);
        return (source.Format ?? FormatSniffer.Guess(window.Span, window.Ended)) switch
        {
            ManifestFormat.JsonLines => new JsonLinesRowReader(window, rows, limits.MaxRowBytes),
            ManifestFormat.Json => new JsonDocumentRowReader(window, rows, options, tags, limits.MaxRowBytes),
            _ => new CsvRowReader(window, options, tags, limits),
        };
    }

    private static async ValueTask FillAsync(ByteWindow window, int wanted, CancellationToken cancellationToken)
    {
        while (window.Length < wanted && !window.Ended) await window.ReadMoreAsync(cancellationToken);
    }

    private static string? NoManifest(ReadOnlySpan<byte> start)
    {
        const string Forms = "a manifest is a .jsonl, .json or .csv file";
        if (start.StartsWith((ReadOnlySpan<byte>)[0xFF, 0xFE, 0, 0]) || start.StartsWith((ReadOnlySpan<byte>)[0, 0, 0xFE, 0xFF])) return "is a text in UTF-32; save it as UTF-8";
        if (LooksLikeUtf16(start)) return "is a text in UTF-16 without a byte order mark; save it as UTF-8";
        var kind = FileKind.Of(start);
        return kind.Id switch
        {
            "empty" or "text" or "json" or "utf-16" or "unknown" => null,
            "xlsx" or "xls" or "ods" or "numbers" => $"is {kind.What}, not a manifest; save it as CSV there (in Excel \"CSV UTF-8\"), and give that file",
            "zip" or "archive" => $"is {kind.What}, not a manifest; unpack it, and give the .jsonl, .json or .csv file in it",
            "zeros" or "lfs" => $"is {kind.What}, not a manifest; {kind.Cure}",
            _ => $"is {kind.What}, not a manifest; {Forms}",
        };
    }

    private static UnicodeEncoding? Utf16Of(ReadOnlySpan<byte> start) =>
        start.StartsWith((ReadOnlySpan<byte>)[0xFF, 0xFE]) ? new UnicodeEncoding(bigEndian: false, byteOrderMark: false, throwOnInvalidBytes: true)
        : start.StartsWith((ReadOnlySpan<byte>)[0xFE, 0xFF]) ? new UnicodeEncoding(bigEndian: true, byteOrderMark: false, throwOnInvalidBytes: true)
        : null;

    // The header or the braces at a manifest's start are ASCII, and in UTF-16 every other byte of ASCII is zero.
    private static bool LooksLikeUtf16(ReadOnlySpan<byte> start)
    {
        if (start.Length < 8) return false;
        var (even, odd) = (0, 0);
        for (var i = 0; i < 8; i++)
        {
            if (start[i] != 0) continue;
            if (i % 2 == 0) even++;
            else odd++;
        }

        return (even, odd) is (4, 0) or (0, 4);
    }
}
