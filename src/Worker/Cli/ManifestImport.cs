using System.Runtime.CompilerServices;
using Darkroom.Jobs.Batches;
using Darkroom.Jobs.Estimates;
using Darkroom.Jobs.Manifests;
using Darkroom.Worker.Machine;

namespace Darkroom.Worker.Cli;

/// <summary>Imports a manifest that the command line names.</summary>
internal static class ManifestImport
{
    /// <summary>Imports it, all or nothing.</summary>
    /// <returns>How many items it has.</returns>
    /// <exception cref="CliException">The file can't be read.</exception>
    /// <exception cref="InvalidManifestException">It has problems; nothing was imported.</exception>
    public static async Task<int> ImportAsync(IServiceProvider services, string manifest, NewBatch batch, CommandSurroundings surroundings, CancellationToken cancellationToken)
    {
        await using var file = await ManifestFile.OpenAsync(manifest, surroundings, cancellationToken);
        return await ImportAsync(services, file, batch, estimate: null, cancellationToken);
    }

    /// <summary>Imports one that was estimated before; see there.</summary>
    /// <exception cref="CliException">It was changed after it had been estimated; nothing was imported.</exception>
    public static Task<int> ImportAsync(IServiceProvider services, ManifestFile file, NewBatch batch, ManifestEstimate? estimate, CancellationToken cancellationToken)
    {
        var plan = file.Plan(services.GetRequiredService<ManifestPlanner>(), batch.Defaults);
        var items = plan.ReadAsync(cancellationToken);
        return services.GetRequiredService<IBatchStore>().ImportAsync(batch, estimate is null ? items : SameAsync(items, estimate.Total.Items + estimate.Duplicates, estimate.Total.Images + estimate.DuplicateImages, cancellationToken), cancellationToken);
    }

    // What was agreed to was the manifest as it was estimated. An exception here leaves no trace of the import.
    private static async IAsyncEnumerable<PlannedItem> SameAsync(
        IAsyncEnumerable<PlannedItem> items, long estimatedItems, long estimatedImages, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        long count = 0, images = 0;
        await foreach (var item in items.WithCancellation(cancellationToken))
        {
            count++;
            images += Math.Max(1, item.Options.N);
            yield return item;
        }

        if (count != estimatedItems || images != estimatedImages) throw new CliException("The manifest was changed while it was read; nothing was imported. Submit it again.");
    }
}
