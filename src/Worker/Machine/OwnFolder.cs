using Darkroom.Jobs.Scratch;

namespace Darkroom.Worker.Machine;

/// <summary>The folder <c>.darkroom</c>: this user's own, closed to everybody else.</summary>
internal static class OwnFolder
{
    /// <summary>Makes the folder, or checks the one that is there and closes it. What lies in it directly is closed, too: earlier versions left that to the umask.</summary>
    /// <exception cref="MachineException">It isn't this user's, or can't be made, entered or written.</exception>
    public static void Prepare(string home)
    {
        if (OperatingSystem.IsWindows())
        {
            Directory.CreateDirectory(home);
            return;
        }

        try
        {
            if (FileFacts.Of(home) is null) PrivateFiles.CreateFolder(home);
            RequireOwn(home);
            if (FileFacts.Behind(home)!.Value.Rights != PrivateFiles.FolderRights) File.SetUnixFileMode(home, PrivateFiles.FolderRights);
            foreach (var entry in Directory.EnumerateFileSystemEntries(home)) Close(entry);
            RequireWritable(home);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new MachineException($"The folder {home} can't be used: {exception.Message}{(exception.Message.EndsWith('.') ? "" : ".")} Darkroom keeps its data there; it must be able to read and write the folder.");
        }
    }

    private static void RequireOwn(string home)
    {
        if (FileFacts.Of(home) is { IsLink: true } link && link.Owner != FileFacts.Self)
            throw new MachineException($"{home} is a link that belongs to another user ({link.Owner}), so it isn't followed. Remove it, or run in a folder of your own.");
        var facts = FileFacts.Behind(home) ?? throw new MachineException($"{home} is a link that leads nowhere. Remove it, or make the folder that it names.");
        if (!facts.IsFolder) throw new MachineException($"{home} is no folder. Remove it; Darkroom keeps its data in a folder of that name.");
        if (facts.Owner != FileFacts.Self)
            throw new MachineException($"The folder {home} belongs to another user ({facts.Owner}), and you are {FileFacts.Self}. Run as that user, or in a folder of your own.");
    }

    private static void Close(string entry)
    {
        if (OperatingSystem.IsWindows() || FileFacts.Of(entry) is not { } facts || facts.Owner != FileFacts.Self) return;
        var rights = facts.IsFolder ? PrivateFiles.FolderRights : PrivateFiles.FileRights;
        if ((facts.IsFolder || facts.IsFile) && (facts.Rights & ~PrivateFiles.FolderRights) != UnixFileMode.None) File.SetUnixFileMode(entry, rights & facts.Rights);
    }

    private static void RequireWritable(string home)
    {
        var probe = Path.Combine(home, $".probe-{Guid.NewGuid():N}");
        using var file = new FileStream(probe, PrivateFiles.Options(FileMode.CreateNew, FileAccess.Write, FileShare.Delete));
        File.Delete(probe);
        // A full disk still makes empty files.
        file.Write(new byte[4096]);
        file.Flush();
    }
}
