using System.Text;
using Darkroom.Worker.Results;

namespace Darkroom.Worker.Api;

/// <summary>An answer that is a CSV file, written as its rows come.</summary>
internal sealed class CsvAnswer : IAsyncDisposable
{
    private readonly StreamWriter _output;

    private CsvAnswer(StreamWriter output) => (_output, Csv) = (output, new CsvTable(output));

    /// <summary>Takes the fields.</summary>
    public CsvTable Csv { get; }

    /// <summary>Begins the answer.</summary>
    /// <param name="context">The request.</param>
    /// <param name="name">The file's name: letters, digits, dots and dashes.</param>
    public static CsvAnswer Begin(HttpContext context, string name)
    {
        context.Response.ContentType = "text/csv; charset=utf-8";
        context.Response.Headers.ContentDisposition = $"attachment; filename=\"{name}\"";
        return new CsvAnswer(new StreamWriter(context.Response.Body, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false), bufferSize: 1 << 14, leaveOpen: true));
    }

    /// <summary>Sends what is still kept back.</summary>
    public async Task EndAsync(CancellationToken cancellationToken)
    {
        await Csv.FlushAsync(cancellationToken);
        await _output.FlushAsync(cancellationToken);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await Csv.DisposeAsync();
        await _output.DisposeAsync();
    }
}
