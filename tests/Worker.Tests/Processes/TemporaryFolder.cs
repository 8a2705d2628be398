namespace Darkroom.Worker.Tests.Processes;

/// <summary>A folder for one test, which PostgreSQL's own user can reach unless it is closed.</summary>
internal sealed class TemporaryFolder : IDisposable
{
    public TemporaryFolder(bool closed = false)
    {
        Path = Directory.CreateTempSubdirectory("darkroom-cli-").FullName;
        if (!closed && !OperatingSystem.IsWindows())
            File.SetUnixFileMode(Path, File.GetUnixFileMode(Path) | UnixFileMode.GroupRead | UnixFileMode.GroupExecute | UnixFileMode.OtherRead | UnixFileMode.OtherExecute);
    }

    public string Path { get; }

    public string Home => System.IO.Path.Combine(Path, ".darkroom");

    /// <summary>Whether the private server of this folder has its file there, as it has while it runs.</summary>
    public bool HasServer => File.Exists(ServerFile);

    /// <summary>The private server's process.</summary>
    public int ServerId => int.Parse(File.ReadLines(ServerFile).First());

    private string ServerFile => System.IO.Path.Combine(Home, "postgres", "postmaster.pid");

    public string Write(string name, string text)
    {
        var path = System.IO.Path.Combine(Path, name);
        File.WriteAllText(path, text);
        return path;
    }

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
