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
        await using var csv = new CsvTable(output);
        await csv.WriteRowAsync(links is null ? Columns : [.. Columns, "urls"], cancellationToken);
        await foreach (var result in results.WithCancellation(cancellationToken))
        {
            csv.Write(result.Key);
            csv.Write(result.State.ToName());
            csv.Write(result.Attempts);
            csv.Write(string.Join('|', result.Outputs.Select(output => output.Path)));
            csv.Write(result.Tokens.InputText);
            csv.Write(result.Tokens.InputImage);
            csv.Write(result.Tokens.OutputText);
            csv.Write(result.Tokens.OutputImage);
            csv.Write(result.CostUsd is { } cost ? Money.Format(cost) : "");
            csv.Write(Money.Format(result.UnconfirmedUsd));
            csv.Write(result.ReusedFrom);
            csv.Write(result.Error?.Class);
            csv.Write(result.Error?.Code);
            csv.Write(result.Error?.Message);
            csv.Write(result.Error?.RequestId);
            csv.Write(result.TraceId);
            csv.Write(result.EstimatedUsd > 0 ? "true" : "false");
            csv.Write(Money.Format(result.EstimatedUsd));
            if (links is not null) csv.Write(string.Join('|', result.Outputs.Select(output => links.LinkTo(output.Path).AbsoluteUri)));
            await csv.EndRowAsync(cancellationToken);
        }
    }
}
