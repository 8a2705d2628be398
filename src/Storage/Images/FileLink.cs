using System.Runtime.InteropServices;

namespace Darkroom.Storage.Images;

/// <summary>
/// Gives a file a second name unless that name is taken, decided by the file system. <c>File.Move(…, overwrite: false)</c> doesn't do that on
/// Unix: it looks whether the target is there and then renames over whatever came there meanwhile.
/// </summary>
internal static class FileLink
{
    private const int NotPermitted = 1, NotFound = 2, Exists = 17;
    // EXDEV, EMLINK, then ENOSYS and EOPNOTSUPP of Linux and of macOS: file systems without hard links (FAT, some network and FUSE ones).
    private static readonly int[] NoLinks = [NotPermitted, 18, 31, 38, 95, 45, 78, 102];

    /// <summary>Links <paramref name="existing"/> at <paramref name="name"/>.</summary>
    /// <returns>True when linked, false when the name was taken, null when this file system has no hard links.</returns>
    /// <exception cref="DirectoryNotFoundException">A folder on the way to the name isn't there, or the existing file isn't.</exception>
    /// <exception cref="IOException">Anything else that the operating system answers.</exception>
    public static bool? TryCreate(string existing, string name)
    {
        if (Link(existing, name) == 0) return true;
        var error = Marshal.GetLastPInvokeError();
        if (error == Exists) return false;
        if (NoLinks.Contains(error)) return null;
        var message = $"{Marshal.GetPInvokeErrorMessage(error)} : '{name}'";
        throw error == NotFound ? new DirectoryNotFoundException(message) : new IOException(message, error);
    }

    [DllImport("libc", EntryPoint = "link", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Link([MarshalAs(UnmanagedType.LPUTF8Str)] string existing, [MarshalAs(UnmanagedType.LPUTF8Str)] string name);
}
