using System.Globalization;
using Darkroom.Jobs.Batches;
using Darkroom.Jobs.Browsing;
using Darkroom.Worker.Access;

namespace Darkroom.Worker.Api;

/// <summary>What moderation refused, for appeals.</summary>
internal static class RefusalEndpoints
{
    private static readonly string[] Columns = ["id", "item", "prompt", "stage", "categories", "error_code", "error_message", "request_id", "attempt", "at"];

    public static void Map(IEndpointRouteBuilder api) =>
        api.MapGet("/batches/{batch}/refusals", ListAsync).RequireAuthorization(AccessDefaults.Viewer)
            .WithName("ListRefusals").WithSummary("The items that moderation refused as CSV, streamed: id, item, prompt, stage, categories, error_code, error_message, request_id, attempt, at.")
            .Produces<string>(StatusCodes.Status200OK, "text/csv");

    private static async Task<IResult> ListAsync(HttpContext context, string batch, IBatchStore batches, IItemBrowser items, CancellationToken cancellationToken)
    {
        if (await batches.GetAsync(BatchEndpoints.Id(batch), cancellationToken) is null) throw Problems.NotFound($"batch {batch}");
        await using var answer = CsvAnswer.Begin(context, $"{batch}-refusals.csv");
        var csv = answer.Csv;
        await csv.WriteRowAsync(Columns, cancellationToken);
        string? after = null;
        do
        {
            var page = await items.ListRefusalsAsync(batch, new PageRequest(after, PageRequest.MaxLimit), cancellationToken);
            foreach (var refusal in page.Rows)
            {
                csv.Write(refusal.Item.Key);
                csv.Write(refusal.Item.Id);
                csv.Write(refusal.Item.Prompt);
                csv.Write(refusal.Details.Stage);
                csv.Write(string.Join('|', refusal.Details.Categories));
                csv.Write(refusal.Item.Error?.Code);
                csv.Write(refusal.Item.Error?.Message);
                csv.Write(refusal.Item.Error?.RequestId);
                csv.Write(refusal.Attempt);
                csv.Write(refusal.Item.FinishedAt?.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture));
                await csv.EndRowAsync(cancellationToken);
            }

            after = page.Next;
        }
        while (after is not null);

        await answer.EndAsync(cancellationToken);
        return TypedResults.Empty;
    }
}
