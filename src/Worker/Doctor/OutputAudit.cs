using System.Security.Cryptography;
using Darkroom.Jobs.Batches;
using Darkroom.Jobs.Outputs;

namespace Darkroom.Worker.Doctor;

/// <summary>Reads every stored image of a batch and holds it against the length and SHA-256 in the database.</summary>
public sealed class OutputAudit(IBatchStore batches, IImageStore images)
{
    private const int MostShown = 20;
    private const string Cure = "The images were paid for: restore them from a backup, or buy them again from a manifest of these items.";

    /// <summary>Audits a batch; images are read one after another, in bounded memory.</summary>
    /// <returns>A finding for each image that is missing or another, up to twenty, and one for all.</returns>
    public async Task<IReadOnlyList<Finding>> RunAsync(string batchId, CancellationToken cancellationToken)
    {
        var findings = new List<Finding>();
        long count = 0, wrong = 0;
        await foreach (var result in batches.ReadResultsAsync(batchId, cancellationToken))
        {
            foreach (var output in result.Outputs)
            {
                count++;
                if (await FaultOfAsync(output, cancellationToken) is not { } fault) continue;
                if (++wrong <= MostShown) findings.Add(new Finding("output", false, $"{result.Key}: {output.Path} {fault}"));
            }
        }

        findings.Add(wrong == 0
            ? new Finding("outputs", true, $"all {count} images of {batchId} are as they were stored")
            : new Finding("outputs", false, $"{wrong} of {count} images of {batchId} are missing or changed", Cure));
        return findings;
    }

    private async Task<string?> FaultOfAsync(StoredImage output, CancellationToken cancellationToken)
    {
        await using var stream = await images.OpenReadAsync(output.Path, cancellationToken);
        if (stream is null) return "is missing";
        var hash = Convert.ToHexStringLower(await SHA256.HashDataAsync(stream, cancellationToken));
        return hash == output.Sha256 ? null : "isn't what was stored: its SHA-256 is another";
    }
}
