namespace Darkroom.Jobs.Scratch;

/// <summary>
/// Temporary files that go with whoever holds them open, however that ends: their names are removed as soon as they are there, so that a process that is killed
/// leaves nothing behind. Readable by their owner alone; sources and manifests may be private.
/// </summary>
public static class ScratchFile
{
    /// <summary>Makes an empty one, known by its stream alone. It is gone when that is closed.</summary>
    /// <param name="bufferSize">The stream's buffer in bytes; 0 for none.</param>
    /// <exception cref="IOException">The temporary folder takes no file.</exception>
    /// <exception cref="UnauthorizedAccessException">The temporary folder may not be written.</exception>
    public static FileStream Create(int bufferSize = 4096)
    {
        var file = Open(bufferSize);
        // Windows removes it by itself when its last handle is closed, by whatever.
        if (!OperatingSystem.IsWindows()) Unname(file);
        return file;
    }

    /// <summary>Makes an empty one that can also be opened by a path, within this process, while the stream is open.</summary>
    /// <param name="path">The path. On Linux it is one that the system has for open files; elsewhere the file keeps its name until it is closed.</param>
    /// <exception cref="IOException">The temporary folder takes no file.</exception>
    /// <exception cref="UnauthorizedAccessException">The temporary folder may not be written.</exception>
    public static FileStream Create(out string path)
    {
        var file = Open(bufferSize: 0);
        path = file.Name;
        if (!OperatingSystem.IsLinux()) return file;
        var opened = $"/proc/self/fd/{file.SafeFileHandle.DangerousGetHandle()}";
        // A container may have no /proc.
        if (!File.Exists(opened)) return file;
        Unname(file);
        path = opened;
        return file;
    }

    private static FileStream Open(int bufferSize)
    {
        var options = new FileStreamOptions
        {
            Mode = FileMode.CreateNew,
            Access = FileAccess.ReadWrite,
            Share = FileShare.ReadWrite | FileShare.Delete,
            BufferSize = bufferSize,
            Options = FileOptions.DeleteOnClose | FileOptions.Asynchronous,
        };
        if (!OperatingSystem.IsWindows()) options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        return new FileStream(Path.Combine(Path.GetTempPath(), $"darkroom-{Guid.NewGuid():N}.tmp"), options);
    }

    private static void Unname(FileStream file)
    {
        try
        {
            File.Delete(file.Name);
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }
}
