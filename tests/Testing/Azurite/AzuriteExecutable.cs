namespace Darkroom.Testing.Azurite;

/// <summary>Where Azurite is on this machine.</summary>
public static class AzuriteExecutable
{
    /// <summary>The environment variable that names the executable, or the folder that has it; absolute, or relative to the repository.</summary>
    public const string Variable = "DARKROOM_AZURITE";

    /// <summary>What to tell who runs tests without it.</summary>
    public const string Missing =
        "Azurite isn't there. Install it with `npm install --prefix artifacts/azurite azurite`, put it on the PATH, or name it in DARKROOM_AZURITE.";

    // azurite-blob takes no port for the queues and tables, which nobody here needs.
    private static readonly string[] Names = OperatingSystem.IsWindows() ? ["azurite-blob.cmd"] : ["azurite-blob"];

    /// <summary>True where a test that can't run has to fail rather than be skipped.</summary>
    public static bool IsRequired => string.Equals(Environment.GetEnvironmentVariable("CI"), "true", StringComparison.OrdinalIgnoreCase);

    /// <summary>Looks at the variable, then in the repository's <c>artifacts/azurite</c>, then on the PATH.</summary>
    /// <returns>The executable, or null.</returns>
    /// <exception cref="InvalidOperationException">The variable names something that isn't there: that is a mistake, not an absence.</exception>
    public static string? Find()
    {
        if (Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } named)
        {
            // A test runner changes the current folder, so a relative name is one in the repository.
            return Named(Path.GetFullPath(named, RepositoryRoot() ?? Environment.CurrentDirectory)) ?? throw new InvalidOperationException($"{Variable} is '{named}', and there is no azurite-blob.");
        }

        var folders = new List<string>();
        if (RepositoryRoot() is { } root) folders.Add(Path.Combine(root, "artifacts", "azurite", "node_modules", ".bin"));
        folders.AddRange((Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries));
        return folders.Select(InFolder).FirstOrDefault(file => file is not null);
    }

    // `azurite` starts all three services, on fixed ports; its neighbour of the same package is what is wanted.
    private static string? Named(string named) =>
        Directory.Exists(named) ? InFolder(named)
        : Path.GetFileNameWithoutExtension(named) == "azurite" ? InFolder(Path.GetDirectoryName(named)!)
        : File.Exists(named) ? named
        : null;

    private static string? InFolder(string folder) => Names.Select(name => Path.Combine(folder, name)).FirstOrDefault(File.Exists);

    private static string? RepositoryRoot()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
            if (File.Exists(Path.Combine(folder.FullName, "Worker.sln"))) return folder.FullName;
        return null;
    }
}
