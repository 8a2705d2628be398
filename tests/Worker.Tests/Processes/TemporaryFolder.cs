using Darkroom.Testing.Postgres;
using Darkroom.Worker.Embedded;

namespace Darkroom.Worker.Tests.Processes;

/// <summary>A folder for one test, closed to other users. Goes with the private cluster that the test made in it.</summary>
internal sealed class TemporaryFolder : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("darkroom-cli-").FullName;

    public string Home => System.IO.Path.Combine(Path, ".darkroom");

    /// <summary>Whether the private server of this folder runs.</summary>
    public bool HasServer => Place is { } place && ServerLock.IsHeld(place.Data);

    /// <summary>The private server's process.</summary>
    public int ServerId => ServerLock.FindServer(Place!.Data) ?? throw new InvalidOperationException($"No server runs in {Place.Data}.");

    /// <summary>Where the private cluster is, or null.</summary>
    public ClusterPlace? Place => ClusterPlace.FindAsync(Home, CancellationToken.None).GetAwaiter().GetResult();

    public string Write(string name, string text)
    {
        var path = System.IO.Path.Combine(Path, name);
        File.WriteAllText(path, text);
        return path;
    }

    public void Dispose()
    {
        TestFolders.RemoveAsync(Home).GetAwaiter().GetResult();
        Directory.Delete(Path, recursive: true);
    }
}
