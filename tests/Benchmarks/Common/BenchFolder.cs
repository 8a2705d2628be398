using System.Globalization;

namespace Darkroom.Benchmarks.Common;

/// <summary>A folder for temporary files, removed with all that is in it.</summary>
internal sealed class BenchFolder : IDisposable
{
    /// <summary>Makes one. PostgreSQL's own user can reach it, which a private temporary folder would not let it.</summary>
    public BenchFolder(string purpose) => Path = Directory.CreateDirectory(System.IO.Path.Combine(
        System.IO.Path.GetTempPath(), string.Create(CultureInfo.InvariantCulture, $"darkroom-bench-{purpose}-{Environment.ProcessId}"))).FullName;

    /// <summary>Where it is.</summary>
    public string Path { get; }

    /// <inheritdoc/>
    public void Dispose() => Directory.Delete(Path, recursive: true);
}
