namespace Darkroom.Jobs.Scratch;

/// <summary>Makes folders and files that only their owner can enter, read and write, whatever the umask is. Everything below <c>.darkroom</c> is made so.</summary>
public static class PrivateFiles
{
    /// <summary>0700: what a folder gets.</summary>
    public const UnixFileMode FolderRights = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    /// <summary>0600: what a file gets.</summary>
    public const UnixFileMode FileRights = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    /// <summary>Makes a folder and those above it that are missing. One that exists keeps its rights.</summary>
    public static void CreateFolder(string path) => CreateFolder(path, FolderRights);

    /// <summary>Makes a folder and those above it that are missing, all with the same rights, as far as the umask lets them.</summary>
    public static void CreateFolder(string path, UnixFileMode rights)
    {
        if (Directory.Exists(path)) return;
        // .NET gives the rights to the last folder only.
        if (Path.GetDirectoryName(path) is { Length: > 0 } above) CreateFolder(above, rights);
        if (OperatingSystem.IsWindows()) Directory.CreateDirectory(path);
        else Directory.CreateDirectory(path, rights);
    }

    /// <summary>Options that make a file; the rights of one that exists don't change.</summary>
    /// <param name="mode">Whether the file may exist.</param>
    /// <param name="access">What the stream does.</param>
    /// <param name="share">What others may do meanwhile.</param>
    public static FileStreamOptions Options(FileMode mode, FileAccess access, FileShare share)
    {
        var options = new FileStreamOptions { Mode = mode, Access = access, Share = share };
        if (!OperatingSystem.IsWindows()) options.UnixCreateMode = FileRights;
        return options;
    }

    /// <summary>Writes a new file in one piece: it has its name once it is whole, and replaces what had the name before.</summary>
    public static async Task WriteAsync(string path, ReadOnlyMemory<byte> content, CancellationToken cancellationToken)
    {
        var temporary = $"{path}.{Guid.NewGuid():N}";
        try
        {
            await using (var file = new FileStream(temporary, Options(FileMode.CreateNew, FileAccess.Write, FileShare.None)))
                await file.WriteAsync(content, cancellationToken);
            File.Move(temporary, path, overwrite: true);
        }
        catch
        {
            File.Delete(temporary);
            throw;
        }
    }
}
