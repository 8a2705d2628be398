using Darkroom.Jobs.Batches;
using Darkroom.Jobs.Manifests;

namespace Darkroom.Worker.Cli;

/// <summary>Imports a manifest that the command line names.</summary>
internal static class ManifestImport
{
    /// <summary>Imports it, all or nothing.</summary>
    /// <returns>How many items it has.</returns>
    /// <exception cref="CliException">The file can't be read.</exception>
    /// <exception cref="InvalidManifestException">It has problems; nothing was imported.</exception>
    public static async Task<int> ImportAsync(IServiceProvider services, string manifest, NewBatch batch, string folder, CancellationToken cancellationToken)
    {
        var source = manifest is ManifestSource.StandardInputName ? ManifestSource.StandardInput(folder) : ManifestSource.OfFile(manifest);
        await using var stream = Open(manifest);
        var plan = services.GetRequiredService<ManifestPlanner>().Open(stream, source, batch.Defaults);
        return await services.GetRequiredService<IBatchStore>().ImportAsync(batch, plan.ReadAsync(cancellationToken), cancellationToken);
    }

    private static Stream Open(string manifest)
    {
        if (manifest is ManifestSource.StandardInputName) return Console.OpenStandardInput();
        try
        {
            return new FileStream(manifest, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 1 << 16, FileOptions.SequentialScan | FileOptions.Asynchronous);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new CliException($"The manifest {manifest} can't be read: {exception.Message}");
        }
    }
}
