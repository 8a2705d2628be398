using System.Text;
using Darkroom.Jobs.Batches;
using Darkroom.Jobs.Outputs;
using Darkroom.Jobs.Results;
using Darkroom.Jobs.Running;

namespace Darkroom.Worker.Results;

/// <summary>
/// Writes the results of ended batches beside their images, <c>BATCH/results.jsonl</c> and <c>BATCH/results.csv</c>. They are noted as written afterwards, so that a process
/// that dies in between leaves them due; a batch that is retried is due again when it has ended again, and its files are replaced.
/// </summary>
public sealed class ResultsWriter(IResultsStore store, IBatchStore batches, IOutputFiles files, WorkerProcess process, ILogger<ResultsWriter> logger) : IBatchEnding
{
    private const int BufferCharacters = 1 << 15;
    private static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false);

    /// <inheritdoc/>
    public Task RunAsync(Batch batch, CancellationToken cancellationToken) => WriteNextAsync(batch.Id, cancellationToken);

    /// <summary>Writes those of one batch.</summary>
    /// <param name="batchId">This batch, if its results are due; null for the batch that has waited longest.</param>
    /// <param name="cancellationToken">Cancels the writing; the files stay as they were.</param>
    /// <returns>False when nothing was due, or the store refused; then it is logged, and they stay due.</returns>
    public async Task<bool> WriteNextAsync(string? batchId, CancellationToken cancellationToken)
    {
        if (await store.ClaimAsync(process.Id, batchId, cancellationToken) is not { } due) return false;
        try
        {
            await WriteAsync(due.BatchId, "results.jsonl", "application/x-ndjson", (output, results, cancel) => ResultsFormat.WriteJsonLinesAsync(output, results, links: null, cancel), cancellationToken);
            await WriteAsync(due.BatchId, "results.csv", "text/csv; charset=utf-8", (output, results, cancel) => ResultsFormat.WriteCsvAsync(output, results, links: null, cancel), cancellationToken);
        }
        catch (Exception exception)
        {
            await store.ReleaseAsync(due, process.Id, CancellationToken.None);
            if (exception is not ImageStoreException) throw;
            Log.ResultsNotWritten(logger, exception, due.BatchId);
            return false;
        }

        await store.FinishAsync(due, process.Id, CancellationToken.None);
        Log.ResultsWritten(logger, due.BatchId);
        return true;
    }

    private Task WriteAsync(
        string batchId, string name, string mediaType, Func<TextWriter, IAsyncEnumerable<ItemResult>, CancellationToken, Task> format, CancellationToken cancellationToken) =>
        files.WriteAsync($"{batchId}/{name}", mediaType, async (stream, cancel) =>
        {
            await using var output = new StreamWriter(stream, Utf8, BufferCharacters, leaveOpen: true) { NewLine = "\n" };
            await format(output, batches.ReadResultsAsync(batchId, cancel), cancel);
        }, cancellationToken);
}
