using System.Runtime.InteropServices;

namespace Darkroom.Storage.Images;

/// <summary>
/// Flushes a folder's entries to the device. .NET can't open a folder, so this calls <c>open</c> and <c>fsync</c> itself, on Linux only:
/// elsewhere a rename outlives a crash of the process, and a loss of power only as far as the file system keeps its journal.
/// </summary>
internal static class FolderFlush
{
    // O_RDONLY | O_CLOEXEC; the same on every Linux that .NET runs on.
    private const int ReadOnlyCloseOnExec = 0x80000;
    // Some file systems (network, FUSE) don't know how to flush a folder and say so with EINVAL or ENOSYS or EOPNOTSUPP.
    private static readonly int[] NotSupported = [22, 38, 95];

    /// <summary>Flushes one folder.</summary>
    /// <exception cref="IOException">The device failed, or the folder is gone.</exception>
    public static void Flush(string folder)
    {
        if (!OperatingSystem.IsLinux()) return;
        var descriptor = Open(folder, ReadOnlyCloseOnExec);
        if (descriptor < 0) throw Failure(folder, Marshal.GetLastPInvokeError());
        var answer = FSync(descriptor);
        var error = Marshal.GetLastPInvokeError();
        _ = Close(descriptor);
        if (answer != 0 && !NotSupported.Contains(error)) throw Failure(folder, error);
    }

    private static IOException Failure(string folder, int error) => new($"{Marshal.GetPInvokeErrorMessage(error)} : '{folder}'", error);

    [DllImport("libc", EntryPoint = "open", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Open([MarshalAs(UnmanagedType.LPUTF8Str)] string path, int flags);

    [DllImport("libc", EntryPoint = "fsync", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int FSync(int descriptor);

    [DllImport("libc", EntryPoint = "close")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Close(int descriptor);
}
