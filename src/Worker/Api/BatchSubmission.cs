using System.Security.Cryptography;
using System.Text.Json;
using Darkroom.Jobs.Access;
using Darkroom.Jobs.Batches;
using Darkroom.Jobs.Estimates;
using Darkroom.Jobs.Manifests;
using Darkroom.Worker.Cli;
using Darkroom.Worker.Client.Shapes;
using Microsoft.Extensions.Options;

namespace Darkroom.Worker.Api;

/// <summary>Submits manifests that came over the network: the API does it, and so may pages.</summary>
internal sealed class BatchSubmission(ManifestPlanner planner, ManifestEstimator estimator, IBatchStore batches, IOptions<CostOptions> costs, TimeProvider time,
    IConfiguration configuration)
{
    private const int MaxKey = 200;
    private const int MostWarnings = 100;

    /// <summary>Submits, all or nothing.</summary>
    /// <param name="upload">The manifest and what is asked with it.</param>
    /// <param name="by">Who submits.</param>
    /// <param name="owner">Whose idempotency key it is.</param>
    /// <param name="idempotencyKey">Null: each call is a submission of its own.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>The batch, and whether an earlier call had made it.</returns>
    /// <exception cref="ApiException">It can't be submitted.</exception>
    /// <exception cref="InvalidManifestException">The manifest has problems.</exception>
    public async Task<(SubmittedShape Submitted, bool IsRepeated)> SubmitAsync(
        ManifestUpload upload, Actor by, string owner, string? idempotencyKey, CancellationToken cancellationToken)
    {
        var (asked, consentOf) = new SubmitFields().Read(upload.Fields, upload.Name, time, configuration);
        var batch = asked with { By = by };
        if (idempotencyKey is not null)
        {
            CheckKey(idempotencyKey);
            batch = batch with { Submission = new Submission(owner, idempotencyKey, await FingerprintAsync(upload, cancellationToken), batch.Id) };
            if (await batches.FindSubmissionAsync(owner, idempotencyKey, cancellationToken) is { } earlier) return (await RepeatAsync(earlier, batch.Submission, cancellationToken), true);
        }

        var estimate = await estimator.EstimateAsync(upload.Manifest.Plan(planner, batch.Defaults), batch.Reuse, batch.Caps, cancellationToken);
        if (estimate.ProblemCount > 0) throw new InvalidManifestException(estimate.Problems, estimate.ProblemCount);
        batch = Agree(batch, estimate, consentOf(costs.Value));
        try
        {
            var count = await batches.ImportAsync(batch, upload.Manifest.Plan(planner, batch.Defaults).ReadAsync(cancellationToken), cancellationToken);
            return (new SubmittedShape(batch.Id, count) { Warnings = estimate.Warnings.Count == 0 ? null : [.. estimate.Warnings.Take(MostWarnings).Select(EstimateView.Describe)] }, false);
        }
        catch (DuplicateSubmissionException duplicate)
        {
            return (await RepeatAsync(duplicate.Earlier, batch.Submission!, cancellationToken), true);
        }
    }

    /// <summary>What a manifest comes to, its problems included; nothing is imported.</summary>
    /// <exception cref="ApiException">What is asked with it can't be used.</exception>
    public Task<ManifestEstimate> EstimateAsync(ManifestUpload upload, CancellationToken cancellationToken)
    {
        var (asked, _) = new SubmitFields().Read(upload.Fields, upload.Name, time, configuration);
        return estimator.EstimateAsync(upload.Manifest.Plan(planner, asked.Defaults), asked.Reuse, asked.Caps, cancellationToken);
    }

    // Nobody can be asked here: what would be asked at a terminal is refused, and what is to be passed is said.
    internal static NewBatch Agree(NewBatch batch, ManifestEstimate estimate, SpendConsent consent)
    {
        var decision = SpendRule.Decide(estimate, consent);
        if (decision.Verdict is SpendVerdict.Refuse or SpendVerdict.Ask)
        {
            var cure = decision.Verdict == SpendVerdict.Ask ? " Pass yes=true to go on (--yes), or max_cost to set a bound (--max-cost)." : "";
            throw new ApiException(Problems.Of(StatusCodes.Status422UnprocessableEntity, "not-agreed", "It costs more than was agreed to", $"{decision.Reason}{cure} Nothing was imported."));
        }

        return batch with
        {
            MaxCostUsd = consent.MaxCostUsd,
            Estimate = estimate.Groups,
            Canary = consent.Canary is { } sample ? CanarySample.Choose(estimate, sample) : batch.Canary,
        };
    }

    private static void CheckKey(string key)
    {
        if (key.Length is 0 or > MaxKey || key.Any(character => character is < ' ' or > '~')) throw Problems.BadField("Idempotency-Key", $"it has 1 to {MaxKey} printable ASCII characters");
    }

    // The manifest's bytes and all fields; the manifest's name isn't what is asked for.
    private static async Task<byte[]> FingerprintAsync(ManifestUpload upload, CancellationToken cancellationToken)
    {
        var fields = upload.Fields.OrderBy(field => field.Key, StringComparer.Ordinal).Select(field => new[] { field.Key, field.Value });
        return SHA256.HashData([.. await upload.Manifest.HashAsync(cancellationToken), .. JsonSerializer.SerializeToUtf8Bytes(fields)]);
    }

    private async Task<SubmittedShape> RepeatAsync(Submission earlier, Submission now, CancellationToken cancellationToken)
    {
        if (!CryptographicOperations.FixedTimeEquals(earlier.Sha256, now.Sha256))
        {
            var problem = Problems.Of(
                StatusCodes.Status422UnprocessableEntity, "idempotency-key-reused", "The key was used for something else",
                $"Idempotency-Key {now.Key} submitted batch {earlier.BatchId} with another manifest or other fields. Take a new key; nothing was imported.",
                new FieldProblemShape(null, null, "Idempotency-Key", "was used with another body"));
            throw new ApiException(problem with { Batch = earlier.BatchId });
        }

        var status = await batches.GetStatusAsync(earlier.BatchId, cancellationToken) ?? throw Problems.NotFound($"batch {earlier.BatchId} any more");
        return new SubmittedShape(earlier.BatchId, status.Items.Total);
    }
}
