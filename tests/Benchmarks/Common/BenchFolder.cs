namespace Darkroom.Benchmarks.Common;

/// <summary>A folder for temporary files, removed with all that is in it.</summary>
internal sealed class BenchFolder : IDisposable
{
    /// <summary>Makes one.</summary>
    public BenchFolder(string purpose) => Path = Directory.CreateTempSubdirectory($"darkroom-bench-{purpose}-").FullName;

    /// <summary>Where it is.</summary>
    public string Path { get; }

    /// <inheritdoc/>
    public void Dispose() => Directory.Delete(Path, recursive: true);
}
