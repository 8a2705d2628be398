using System.Text.Json;
using Darkroom.Jobs.Access;
using Darkroom.Jobs.Batches;
using Darkroom.Jobs.Browsing;
using Darkroom.Jobs.Costs;
using Darkroom.Jobs.Editing;
using Darkroom.Jobs.Outputs;
using Darkroom.Jobs.Waits;
using Darkroom.Worker.Cli;
using Darkroom.Worker.Client;
using Darkroom.Worker.Client.Shapes;

namespace Darkroom.Worker.Api;

/// <summary>Makes the API's shapes. Those that commands print, too, are made by <see cref="JsonShapes"/>: there is one truth.</summary>
internal static class ShapeMaker
{
    public static BatchShape Batch(BatchStatus status, IReadOnlyList<BatchWait> waits) =>
        JsonShapes.Status(status).Deserialize<BatchShape>(ClientJson.Options)! with { Waits = [.. waits.Select(WaitShape.Of)] };

    public static ItemShape Item(ItemRow row) => new(
        row.Id, row.BatchId, row.Key, row.State.ToName(), row.Model, row.Prompt, row.Attempts, row.Tags,
        row.Input?.Images.Select(Image).ToList(), row.Input?.Mask is { } mask ? Image(mask) : null, [.. row.Outputs.Select(Output)],
        row.Error is { } error ? Error(error) : null, row.FinishedAt);

    public static ItemDetailShape Item(ItemDetail detail) =>
        new(Item(detail.Item), Json(detail.Options.ToJson())!.Value, detail.ReusedFrom, [.. detail.Attempts.Select(Attempt)], [.. detail.Former.Select(former => Former(detail.Item.Id, former))]);

    public static AuditShape Audit(AuditEntry entry) => new(entry.Id, entry.At, entry.By.Name, entry.By.Via, entry.Action, entry.BatchId, Json(entry.DetailJson)!.Value);

    private static AttemptShape Attempt(AttemptRow row) => new(
        row.Number, row.State, row.StartedAt, row.FinishedAt, row.HttpStatus, row.RequestId, row.Error is { } error ? Error(error) : null, Json(row.UsageJson),
        row.LedgerKind, Tokens(row.Tokens), row.CostUsd is { } cost ? Money.Format(cost) : null, row.TraceId);

    private static TokensShape Tokens(TokenUsage tokens) => new(tokens.InputText, tokens.InputImage, tokens.OutputText, tokens.OutputImage, tokens.Total);

    private static OutputShape Output(StoredImage image) => new(image.Path, image.Bytes, image.Sha256, image.Format, image.Width, image.Height);

    private static FormerOutputShape Former(long item, FormerImage former) =>
        new(former.Attempt, former.Image.Index, ItemEndpoints.AddressOf(item, former), former.ReplacedAt, Output(former.Image));

    private static ErrorShape Error(ItemError error) => new(error.Class, error.Code, error.Message, error.RequestId, Json(error.DetailsJson));

    private static ImageShape Image(ImageReference image) => image.Kind switch
    {
        ImageReferenceKind.Url when image.Value.StartsWith("data:", StringComparison.OrdinalIgnoreCase) => new("data", null),
        // Whoever may look may not fetch: what signs an address stays here.
        ImageReferenceKind.Url => new("url", SecretScrubber.CutSecrets(image.Value)),
        ImageReferenceKind.FileId => new("file_id", image.Value),
        _ => new("path", image.Value),
    };

    private static JsonElement? Json(string? json) => json is null ? null : JsonSerializer.Deserialize<JsonElement>(json);
}
