using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace Darkroom.Worker.Machine;

/// <summary>What the system says of a name: kind, rights, owner. .NET tells no owner, and follows links where it should tell of them.</summary>
/// <param name="Mode">Kind and rights, as <c>stat</c> has them.</param>
/// <param name="Owner">The owner's user id.</param>
/// <param name="Device">The file system that the file is on.</param>
/// <param name="Inode">The file's number there.</param>
internal readonly record struct FileFacts(int Mode, uint Owner, ulong Device, ulong Inode)
{
    private const int KindMask = 0xF000, Folder = 0x4000, File = 0x8000, Link = 0xA000, Socket = 0xC000;
    private const int NotFound = 2, NotADirectory = 20, TooManyLinks = 40;
    private const int GroupOrOtherWrite = 0x12, Sticky = 0x200;
    // statx: AT_FDCWD, AT_SYMLINK_NOFOLLOW, STATX_BASIC_STATS; the layout is the same on every architecture.
    private const int HereDescriptor = -100, NoFollow = 0x100;
    private const uint BasicFacts = 0x7FF;

    public bool IsFolder => (Mode & KindMask) == Folder;

    public bool IsFile => (Mode & KindMask) == File;

    public bool IsLink => (Mode & KindMask) == Link;

    public bool IsSocket => (Mode & KindMask) == Socket;

    /// <summary>The rights, such as 0700 in octal.</summary>
    public UnixFileMode Rights => (UnixFileMode)(Mode & 0xFFF);

    /// <summary>Whether another user than the owner can add, remove and rename entries.</summary>
    public bool IsOpenToOthers => (Mode & GroupOrOtherWrite) != 0;

    /// <summary>The user that this process acts as.</summary>
    public static uint Self { get; } = OperatingSystem.IsWindows() ? 0 : EffectiveUser();

    /// <summary>The facts of a name itself: a link isn't followed. Null when nothing has the name.</summary>
    /// <exception cref="IOException">The system doesn't tell, for example because a folder on the way is closed.</exception>
    public static FileFacts? Of(string path) => Read(path, NoFollow);

    /// <summary>The facts of what a name leads to. Null when nothing is there.</summary>
    /// <exception cref="IOException">The system doesn't tell.</exception>
    public static FileFacts? Behind(string path) => Read(path, flags: 0);

    /// <summary>
    /// Says why other users than root and <paramref name="owner"/> could exchange what has a name, or null when they can't: each folder on the way belongs to
    /// one of the two, and only the owner writes in it (or it is sticky, as /tmp is, and then the entry on the way is theirs); links are followed if they are theirs.
    /// </summary>
    public static string? FindIntruder(string path, uint owner)
    {
        var (at, rest, links) = ("/", new Stack<string>(Path.GetFullPath(path).Split('/', StringSplitOptions.RemoveEmptyEntries).Reverse()), 0);
        while (true)
        {
            if (Of(at) is not { } facts) return null;
            if (facts.Owner != 0 && facts.Owner != owner) return $"{at} belongs to another user ({facts.Owner})";
            if (facts.IsLink)
            {
                if (++links > TooManyLinks) return $"{at} is a link in a circle";
                var target = Path.GetFullPath(new FileInfo(at).LinkTarget!, Path.GetDirectoryName(at)!);
                foreach (var name in target.Split('/', StringSplitOptions.RemoveEmptyEntries).Reverse()) rest.Push(name);
                at = "/";
                continue;
            }

            if (rest.Count == 0) return null;
            if (facts.IsOpenToOthers && (facts.Mode & Sticky) == 0) return $"other users can write in {at}";
            at = Path.Combine(at, rest.Pop());
        }
    }

    private static FileFacts? Read(string path, int flags)
    {
        var buffer = new byte[256];
        var answer = OperatingSystem.IsLinux() ? StatX(HereDescriptor, path, flags, BasicFacts, buffer)
            : (flags, RuntimeInformation.ProcessArchitecture) switch
            {
                (NoFollow, Architecture.Arm64) => LStat(path, buffer),
                (NoFollow, _) => LStat64(path, buffer),
                (_, Architecture.Arm64) => Stat(path, buffer),
                _ => Stat64(path, buffer),
            };
        var error = Marshal.GetLastPInvokeError();
        if (answer != 0) return error is NotFound or NotADirectory ? null : throw new IOException($"{Marshal.GetPInvokeErrorMessage(error)} : '{path}'", error);
        var facts = buffer.AsSpan();
        // Darwin: st_dev, st_mode, st_nlink, st_ino, st_uid.
        return OperatingSystem.IsLinux()
            ? new FileFacts(BinaryPrimitives.ReadUInt16LittleEndian(facts[28..]), UInt(facts, 20), ((ulong)UInt(facts, 136) << 32) | UInt(facts, 140), BinaryPrimitives.ReadUInt64LittleEndian(facts[32..]))
            : new FileFacts(BinaryPrimitives.ReadUInt16LittleEndian(facts[4..]), UInt(facts, 16), UInt(facts, 0), BinaryPrimitives.ReadUInt64LittleEndian(facts[8..]));
    }

    private static uint UInt(ReadOnlySpan<byte> facts, int at) => BinaryPrimitives.ReadUInt32LittleEndian(facts[at..]);

    [DllImport("libc", EntryPoint = "statx", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int StatX(int folder, [MarshalAs(UnmanagedType.LPUTF8Str)] string path, int flags, uint mask, byte[] facts);

    [DllImport("libc", EntryPoint = "lstat", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int LStat([MarshalAs(UnmanagedType.LPUTF8Str)] string path, byte[] facts);

    [DllImport("libc", EntryPoint = "lstat$INODE64", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int LStat64([MarshalAs(UnmanagedType.LPUTF8Str)] string path, byte[] facts);

    [DllImport("libc", EntryPoint = "stat", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Stat([MarshalAs(UnmanagedType.LPUTF8Str)] string path, byte[] facts);

    [DllImport("libc", EntryPoint = "stat$INODE64", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Stat64([MarshalAs(UnmanagedType.LPUTF8Str)] string path, byte[] facts);

    [DllImport("libc", EntryPoint = "geteuid")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern uint EffectiveUser();
}
