using System.Globalization;
using System.Text.Json;
using Darkroom.Jobs.Batches;
using Darkroom.Jobs.Reviews;
using Darkroom.Worker.Access;
using Darkroom.Worker.Client;
using Darkroom.Worker.Client.Shapes;

namespace Darkroom.Worker.Api;

/// <summary>Decisions on images.</summary>
internal static class ReviewEndpoints
{
    public static void Map(IEndpointRouteBuilder api)
    {
        api.MapPost("/items/{item:long}/decision", DecideAsync).RequireAuthorization(AccessDefaults.Operator)
            .WithName("DecideItem").WithSummary("Decides on an item's images; body {\"decision\": \"approved\", \"rejected\", \"redo\" or null, \"note\": \"…\"}. Null takes a decision back.").Produces<DecisionShape>();
        api.MapGet("/batches/{batch}/decisions", ListAsync).RequireAuthorization(AccessDefaults.Viewer)
            .WithName("ListDecisions").WithSummary("All decisions on a batch's images as CSV, streamed: id, decision, note, by, at.").Produces<string>(StatusCodes.Status200OK, "text/csv");
    }

    private static async Task<IResult> DecideAsync(HttpContext context, long item, IReviewStore reviews, CancellationToken cancellationToken)
    {
        var body = await BodyReader.ReadAsync(context.Request, ["decision", "note"], cancellationToken);
        if (!body.TryGetProperty("decision", out var given)) throw Problems.BadField("decision", "is missing");
        Decision? decision = null;
        if (given.ValueKind != JsonValueKind.Null)
        {
            var known = Enum.GetValues<Decision>().Where(one => given.ValueKind == JsonValueKind.String && given.ValueEquals(one.ToString().ToLowerInvariant())).ToList();
            decision = known.Count == 1 ? known[0] : throw Problems.BadField("decision", "must be approved, rejected, redo or null");
        }

        string? note = null;
        if (body.TryGetProperty("note", out var text) && text.ValueKind != JsonValueKind.Null)
        {
            if (text.ValueKind != JsonValueKind.String || text.GetString()!.Length > IReviewStore.MostNote)
                throw Problems.BadField("note", $"must be a text of at most {IReviewStore.MostNote} characters");
            note = text.GetString()!.Trim() is { Length: > 0 } trimmed ? trimmed : null;
        }

        return await reviews.DecideAsync(item, decision, note, context.ActorOf(), cancellationToken)
            ? TypedResults.Json(new DecisionShape(item, decision?.ToString().ToLowerInvariant(), note), ClientJson.Options)
            : throw Problems.NotFound($"item {item} with images");
    }

    private static async Task<IResult> ListAsync(HttpContext context, string batch, IBatchStore batches, IReviewStore reviews, CancellationToken cancellationToken)
    {
        if (await batches.GetAsync(BatchEndpoints.Id(batch), cancellationToken) is null) throw Problems.NotFound($"batch {batch}");
        await using var answer = CsvAnswer.Begin(context, $"{batch}-decisions.csv");
        var csv = answer.Csv;
        await csv.WriteRowAsync(["id", "decision", "note", "by", "at"], cancellationToken);
        await foreach (var review in reviews.ReadAsync(batch, cancellationToken))
        {
            csv.Write(review.Key);
            csv.Write(review.Decision.ToString().ToLowerInvariant());
            csv.Write(review.Note);
            csv.Write(review.By);
            csv.Write(review.At.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture));
            await csv.EndRowAsync(cancellationToken);
        }

        await answer.EndAsync(cancellationToken);
        return TypedResults.Empty;
    }
}
