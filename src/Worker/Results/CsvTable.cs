using System.Globalization;
using CsvHelper;
using Darkroom.Jobs.Editing;

namespace Darkroom.Worker.Results;

/// <summary>
/// The one writer of CSV: results, reports, decisions and refusals, of the command line, the API and the files beside the images. Spreadsheets run cells that begin
/// as formulas do, so such a text gets an apostrophe in front; numbers stay numbers.
/// </summary>
internal sealed class CsvTable(TextWriter output) : IAsyncDisposable
{
    private const NumberStyles Number = NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent;

    private readonly CsvWriter _csv = CsvWriter.Create(output, CsvWriterOptions.Default, leaveOpen: true);

    /// <summary>Writes a cell of text, anybody's.</summary>
    public void Write(string? text) => _csv.WriteField(text is null ? null : Guarded(text));

    /// <summary>Writes a cell with a number.</summary>
    public void Write(long number) => _csv.WriteField(number);

    /// <summary>Writes a row of texts, such as the header.</summary>
    public ValueTask WriteRowAsync(IEnumerable<string> texts, CancellationToken cancellationToken)
    {
        foreach (var text in texts) Write(text);
        return EndRowAsync(cancellationToken);
    }

    /// <summary>Ends the row.</summary>
    public ValueTask EndRowAsync(CancellationToken cancellationToken) => _csv.EndRecordAsync(cancellationToken);

    /// <summary>Hands on what is still kept back.</summary>
    public ValueTask FlushAsync(CancellationToken cancellationToken) => _csv.FlushAsync(cancellationToken);

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _csv.DisposeAsync();

    private static string Guarded(string text)
    {
        var clean = PlainText.Clean(text);
        return MayBeFormula(text) ? $"'{clean}" : clean;
    }

    // Spreadsheets pass over blanks, and some over quotes, before the sign; those of East Asia read full-width signs, too.
    private static bool MayBeFormula(string text)
    {
        if (text.Length == 0) return false;
        if (text[0] is '\t' or '\r' or '\n') return true;
        foreach (var letter in text)
        {
            if (char.IsWhiteSpace(letter) || char.IsControl(letter) || char.GetUnicodeCategory(letter) == UnicodeCategory.Format || letter is '"' or '\'' or '`' or '\u2018' or '\u2019' or '\u201c' or '\u201d') continue;
            return letter is '=' or '+' or '-' or '@' or '\uff1d' or '\uff0b' or '\uff0d' or '\uff20' or '\u2212' && !decimal.TryParse(text, Number, CultureInfo.InvariantCulture, out _);
        }

        return false;
    }
}
