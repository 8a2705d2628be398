namespace Darkroom.Jobs.Manifests.Reading;

/// <summary>Finds the reader for a manifest.</summary>
internal static class ManifestReader
{
    private static ReadOnlySpan<byte> ByteOrderMark => [0xEF, 0xBB, 0xBF];

    /// <summary>Looks at a manifest's start, passes over its byte order mark, and gives the reader for its form.</summary>
    public static async ValueTask<RowReader> OpenAsync(Stream manifest, ManifestSource source, PlanLimits limits, CancellationToken cancellationToken)
    {
        var window = new ByteWindow(manifest);
        var wanted = source.Format is null ? FormatSniffer.EnoughBytes : ByteOrderMark.Length;
        while (window.Length < wanted && !window.Ended) await window.ReadMoreAsync(cancellationToken);
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
}
