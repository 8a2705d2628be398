using System.Security.Cryptography;
using Darkroom.Jobs.Manifests;
using Darkroom.Jobs.Schedules;
using Darkroom.Jobs.Scratch;
using Darkroom.Worker.Machine;

namespace Darkroom.Worker.Cli;

/// <summary>
/// A manifest that the command line names, open for reading. It can be read again from its start: a pipe is copied to a temporary file first, and a file that another
/// program puts in its place meanwhile isn't seen.
/// </summary>
internal sealed class ManifestFile : IAsyncDisposable
{
    private readonly Func<ManifestPlanner, BatchDefaults, ManifestPlan> _plan;
    private readonly IAsyncDisposable _opened;

    private ManifestFile(FileStream stream, ManifestSource source)
    {
        _opened = stream;
        _plan = (planner, flags) =>
        {
            stream.Position = 0;
            return planner.Open(stream, source, flags);
        };
    }

    /// <summary>One that a schedule names.</summary>
    public ManifestFile(OpenedManifest manifest) => (_opened, _plan) = (manifest, manifest.Plan);

    /// <summary>Opens it.</summary>
    /// <param name="manifest">A path, or - for standard input.</param>
    /// <param name="surroundings">The folder that relative paths start from, and the standard input.</param>
    /// <param name="cancellationToken">Cancels copying a pipe.</param>
    /// <exception cref="CliException">It can't be read.</exception>
    public static async Task<ManifestFile> OpenAsync(string manifest, CommandSurroundings surroundings, CancellationToken cancellationToken)
    {
        try
        {
            if (manifest is ManifestSource.StandardInputName)
            {
                await using var input = surroundings.OpenInput();
                return new ManifestFile(await CopyAsync(input, cancellationToken), ManifestSource.StandardInput(surroundings.Folder));
            }

            var path = surroundings.PathOf(manifest);
            if (Directory.Exists(path)) throw new CliException($"{manifest} is a folder, not a manifest: give a .jsonl, .json or .csv file with a row for each image.");
            var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 1 << 16, FileOptions.SequentialScan | FileOptions.Asynchronous);
            if (stream.CanSeek) return new ManifestFile(stream, ManifestSource.OfFile(path) with { Name = manifest });
            await using (stream) return new ManifestFile(await CopyAsync(stream, cancellationToken), ManifestSource.OfFile(path) with { Name = manifest });
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new CliException($"The manifest {manifest} can't be read: {exception.Message}");
        }
    }

    /// <summary>Keeps what comes from elsewhere, until it is disposed.</summary>
    /// <param name="stream">Read to its end.</param>
    /// <param name="source">What it is; without a folder, local paths in it are refused.</param>
    /// <param name="cancellationToken">Cancels copying.</param>
    public static async Task<ManifestFile> KeepAsync(Stream stream, ManifestSource source, CancellationToken cancellationToken) =>
        new(await CopyAsync(stream, cancellationToken), source);

    /// <summary>SHA-256 of all of it.</summary>
    public async Task<byte[]> HashAsync(CancellationToken cancellationToken)
    {
        return await SHA256.HashDataAsync(Rewind(), cancellationToken);
    }

    /// <summary>All of it, from its start; closed with this.</summary>
    public Stream Rewind()
    {
        if (_opened is not FileStream stream) throw new InvalidOperationException("A schedule's manifest is only planned.");
        stream.Position = 0;
        return stream;
    }

    /// <summary>A plan of all of it, from its start.</summary>
    public ManifestPlan Plan(ManifestPlanner planner, BatchDefaults flags) => _plan(planner, flags);

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _opened.DisposeAsync();

    private static async Task<FileStream> CopyAsync(Stream pipe, CancellationToken cancellationToken)
    {
        var copy = ScratchFile.Create(1 << 16);
        try
        {
            await pipe.CopyToAsync(copy, cancellationToken);
            return copy;
        }
        catch
        {
            await copy.DisposeAsync();
            throw;
        }
    }
}
