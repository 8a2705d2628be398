using CsvHelper;
using Darkroom.Jobs.Batches;
using Darkroom.Jobs.Costs;
using Darkroom.Jobs.Outputs;
using Darkroom.Worker.Cli;

namespace Darkroom.Worker.Results;

/// <summary>The two forms of results, a line an item: those of <c>darkroom results</c> and of the files beside the images. An API, pinned by tests.</summary>
internal static class ResultsFormat
{
    private static readonly string[] Columns =
    [
        "id", "state", "attempts", "paths", "input_text_tokens", "input_image_tokens", "output_text_tokens", "output_image_tokens", "cost_usd", "unconfirmed_usd",
        "reused_from", "error_class", "error_code", "error_message", "request_id", "trace_id", "cost_estimated", "estimated_usd",
    ];

    /// <summary>Writes JSON, one object a line.</summary>
    public static async Task WriteJsonLinesAsync(TextWriter output, IAsyncEnumerable<ItemResult> results, IOutputLinks? links, CancellationToken cancellationToken)
    {
        await foreach (var result in results.WithCancellation(cancellationToken))
            await output.WriteLineAsync(JsonShapes.Result(result, links).ToJsonString().AsMemory(), cancellationToken);
    }

    /// <summary>Writes CSV with a header; links in a column of their own at the end.</summary>
    public static async Task WriteCsvAsync(TextWriter output, IAsyncEnumerable<ItemResult> results, IOutputLinks? links, CancellationToken cancellationToken)
    {
        await using var csv = CsvWriter.Create(output, CsvWriterOptions.Default, leaveOpen: true);
        foreach (var column in Columns) csv.WriteField(column);
        if (links is not null) csv.WriteField("urls");
        await csv.EndRecordAsync(cancellationToken);
        await foreach (var result in results.WithCancellation(cancellationToken))
        {
            csv.WriteField(result.Key);
            csv.WriteField(result.State.ToName());
            csv.WriteField(result.Attempts);
            csv.WriteField(string.Join('|', result.Outputs.Select(output => output.Path)));
            csv.WriteField(result.Tokens.InputText);
            csv.WriteField(result.Tokens.InputImage);
            csv.WriteField(result.Tokens.OutputText);
            csv.WriteField(result.Tokens.OutputImage);
            csv.WriteField(result.CostUsd is { } cost ? Money.Format(cost) : "");
            csv.WriteField(Money.Format(result.UnconfirmedUsd));
            csv.WriteField(result.ReusedFrom);
            csv.WriteField(result.Error?.Class);
            csv.WriteField(result.Error?.Code);
            csv.WriteField(result.Error?.Message);
            csv.WriteField(result.Error?.RequestId);
            csv.WriteField(result.TraceId);
            csv.WriteField(result.EstimatedUsd > 0 ? "true" : "false");
            csv.WriteField(Money.Format(result.EstimatedUsd));
            if (links is not null) csv.WriteField(string.Join('|', result.Outputs.Select(output => links.LinkTo(output.Path).AbsoluteUri)));
            await csv.EndRecordAsync(cancellationToken);
        }
    }
}
