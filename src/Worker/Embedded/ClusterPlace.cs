using System.Security.Cryptography;
using System.Text;
using Darkroom.Jobs.Scratch;
using Darkroom.Worker.Machine;

namespace Darkroom.Worker.Embedded;

/// <summary>
/// Where the private cluster is. A user's is in <c>.darkroom</c>. Root's server runs as another user, who can't enter <c>.darkroom</c>; so root's clusters are in
/// <see cref="RootFolder"/>, each under a random name that <c>.darkroom</c> remembers. Nobody but root and the server's user can enter or exchange any of it.
/// </summary>
/// <param name="Home">The absolute path of <c>.darkroom</c>.</param>
/// <param name="Folder">The folder of the cluster's configuration, which the server's user can read and not write.</param>
/// <param name="Owner">The id of the server's user.</param>
internal sealed record ClusterPlace(string Home, string Folder, uint Owner)
{
    /// <summary>The folder of root's clusters.</summary>
    public const string RootFolder = "/var/lib/darkroom-postgres";

    // The length that a socket's path may have, on Linux 107 and on macOS 103, less the name of the socket.
    private const int LongestSocketFolder = 103 - 14;

    /// <summary>The data folder, the server user's own.</summary>
    public string Data => Path.Combine(Folder, "postgres");

    /// <summary>A data folder that isn't finished.</summary>
    public string NewData => Path.Combine(Folder, "postgres.new");

    /// <summary>Says that the cluster has the roles of this version.</summary>
    public string Mark => Path.Combine(Folder, "postgres.roles");

    private string Pointer => Path.Combine(Home, "postgres.place");

    private string HomeMark => Path.Combine(Folder, "home");

    private string SocketPointer => Path.Combine(Home, "postgres.sockets");

    /// <summary>Where earlier versions kept root's clusters whose project's folder the server's user couldn't enter.</summary>
    private string FormerFolder => $"/var/tmp/darkroom-{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(Path.Combine(Home, "postgres"))))[..12]}";

    /// <summary>Finds the cluster's place, or null when there is none yet.</summary>
    /// <exception cref="EmbeddedPostgresException">The place isn't safe, or isn't this folder's.</exception>
    public static async Task<ClusterPlace?> FindAsync(string home, CancellationToken cancellationToken)
    {
        var owner = await ServerUser.FindIdAsync(cancellationToken);
        var place = new ClusterPlace(home, home, owner);
        if (!ServerUser.IsNeeded) return place;
        if (FileFacts.Of(place.Pointer) is null) return null;
        place = place with { Folder = (await File.ReadAllTextAsync(place.Pointer, cancellationToken)).Trim() };
        if (Path.GetDirectoryName(place.Folder) != RootFolder) throw new EmbeddedPostgresException($"{place.Pointer} names {place.Folder}, which isn't in {RootFolder}.");
        if (FileFacts.FindIntruder(RootFolder, owner: 0) is { } intruder) throw new EmbeddedPostgresException($"{RootFolder} isn't safe: {intruder}.");
        if (FileFacts.Of(place.Folder) is not { } facts)
        {
            throw new EmbeddedPostgresException(
                $"The database of this folder was kept in {place.Folder}, which isn't there: another machine or container has it, or it was removed. "
                + $"Bring it back, or remove {place.Pointer} to begin with an empty database.");
        }

        if (!facts.IsFolder || facts.Owner != 0 || facts.IsOpenToOthers) throw new EmbeddedPostgresException($"{place.Folder} isn't safe: it must be a folder of root's that only root can write.");
        await place.RequireOursAsync(cancellationToken);
        return place;
    }

    /// <summary>Finds the cluster's place, or makes one; then checks the data folder, if there is one.</summary>
    /// <exception cref="EmbeddedPostgresException">The place isn't safe, or isn't this folder's.</exception>
    public static async Task<ClusterPlace> PrepareAsync(string home, Action<string> say, CancellationToken cancellationToken)
    {
        var place = await FindAsync(home, cancellationToken) ?? await MakeAsync(home, say, cancellationToken);
        if (place.Folder != home) await place.AdoptFormerAsync(say, cancellationToken);
        place.RequireOwnData();
        return place;
    }

    /// <summary>
    /// The folder of the server's socket, which only its user can enter. In <c>.darkroom</c>, or, where that path is too long for a socket, a random one in the folder
    /// for temporary files, which <c>.darkroom</c> remembers.
    /// </summary>
    /// <exception cref="EmbeddedPostgresException">Somebody else has the folder.</exception>
    public async Task<string> PrepareSocketsAsync(CancellationToken cancellationToken)
    {
        var folder = Path.Combine(Folder, "sockets");
        // Npgsql takes these characters of a host for a list of hosts.
        if (Encoding.UTF8.GetByteCount(folder) > LongestSocketFolder || folder.AsSpan().ContainsAny(",:;'\"=\\"))
        {
            if (FileFacts.Of(SocketPointer) is { IsFile: true }) folder = (await File.ReadAllTextAsync(SocketPointer, cancellationToken)).Trim();
            else
            {
                folder = $"/tmp/darkroom-{RandomNumberGenerator.GetHexString(32, lowercase: true)}";
                await PrivateFiles.WriteAsync(SocketPointer, Encoding.UTF8.GetBytes(folder), cancellationToken);
            }
        }

        // One that is root's was left by a start that was cut short.
        if (FileFacts.Of(folder) is not { } there || (ServerUser.IsNeeded && there.Owner == FileFacts.Self)) await MakeServerFolderAsync(folder, cancellationToken);
        if (FileFacts.Of(folder) is not { IsFolder: true } facts || facts.Owner != Owner || (facts.Rights & ~PrivateFiles.FolderRights) != UnixFileMode.None)
            throw new EmbeddedPostgresException($"{folder}, the folder of the database's socket, must be a folder that only its owner {Owner} can enter. Remove it.");
        return folder;
    }

    /// <summary>Makes a folder that is the server user's own and closed to others.</summary>
    public async Task MakeServerFolderAsync(string folder, CancellationToken cancellationToken)
    {
        PrivateFiles.CreateFolder(folder);
        if (ServerUser.IsNeeded) await RootAsync("chown", ["-h", ServerUser.ServerName, folder], cancellationToken);
    }

    /// <summary>Removes what is left of a folder that was made here. The server's user removes it, so that nothing goes that isn't that user's; links aren't followed.</summary>
    public async Task RemoveAsync(string folder, CancellationToken cancellationToken)
    {
        if (FileFacts.Of(folder) is not { } facts) return;
        if (!facts.IsFolder) throw new EmbeddedPostgresException($"{folder} is no folder that Darkroom made (links aren't followed). Remove it.");
        if (facts.Owner == Owner) await ServerUser.RunAsync("find", [folder, "-mindepth", "1", "-delete"], Folder, input: null, cancellationToken);
        Directory.Delete(folder, recursive: false);
    }

    private static async Task<ClusterPlace> MakeAsync(string home, Action<string> say, CancellationToken cancellationToken)
    {
        if (FileFacts.Of(RootFolder) is null)
        {
            PrivateFiles.CreateFolder(RootFolder);
            // Passed through, not listed.
            await RootAsync("chmod", ["711", RootFolder], cancellationToken);
        }

        if (FileFacts.FindIntruder(RootFolder, owner: 0) is { } intruder) throw new EmbeddedPostgresException($"{RootFolder} isn't safe: {intruder}.");
        if (FileFacts.Of(RootFolder) is not { IsFolder: true, IsOpenToOthers: false }) throw new EmbeddedPostgresException($"{RootFolder} isn't safe: it must be a folder that only root can write.");
        var place = new ClusterPlace(home, Path.Combine(RootFolder, RandomNumberGenerator.GetHexString(32, lowercase: true)), await ServerUser.FindIdAsync(cancellationToken));
        PrivateFiles.CreateFolder(place.Folder);
        await RootAsync("chgrp", ["-h", ServerUser.ServerName, place.Folder], cancellationToken);
        await RootAsync("chmod", ["750", place.Folder], cancellationToken);
        await PrivateFiles.WriteAsync(place.HomeMark, Encoding.UTF8.GetBytes(home), cancellationToken);
        await PrivateFiles.WriteAsync(place.Pointer, Encoding.UTF8.GetBytes(place.Folder), cancellationToken);
        say($"PostgreSQL can't run as root; its own user runs it, and its data is kept in {place.Folder}.");
        return place;
    }

    // A copy of a project has the pointer of the original; two projects in one database would do each other's work.
    private async Task RequireOursAsync(CancellationToken cancellationToken)
    {
        var theirs = FileFacts.Of(HomeMark) is { IsFile: true } ? (await File.ReadAllTextAsync(HomeMark, cancellationToken)).Trim() : "";
        if (theirs == Home) return;
        var pointer = Path.Combine(theirs, Path.GetFileName(Pointer));
        if (theirs.Length > 0 && File.Exists(pointer) && (await File.ReadAllTextAsync(pointer, cancellationToken)).Trim() == Folder && FileFacts.Behind(theirs) != FileFacts.Behind(Home))
            throw new EmbeddedPostgresException($"{Home} is a copy of {theirs}, whose database is in {Folder}. Remove {Pointer} to begin with an empty database here.");
        // The project was moved.
        await PrivateFiles.WriteAsync(HomeMark, Encoding.UTF8.GetBytes(Home), cancellationToken);
    }

    /// <summary>Refuses a data folder with files that aren't the server user's: whoever made them may have made what they say.</summary>
    /// <exception cref="EmbeddedPostgresException">There is such a file, or a setting that Darkroom didn't make.</exception>
    public async Task RequireOwnFilesAsync(CancellationToken cancellationToken)
    {
        var foreign = await ServerUser.RunAsync("find", [Data, "!", "-uid", $"{Owner}", "-print", "-quit"], Folder, input: null, cancellationToken);
        if (foreign.Length > 0) throw new EmbeddedPostgresException($"{foreign.Trim()} belongs to another user, so {Data} isn't used as a database.");
        // PostgreSQL reads this file whatever its configuration says.
        var settings = Path.Combine(Data, "postgresql.auto.conf");
        if (FileFacts.Of(settings) is { IsFile: true } && (await File.ReadAllLinesAsync(settings, cancellationToken)).FirstOrDefault(IsSetting) is { } setting)
            throw new EmbeddedPostgresException($"{settings} has a setting that Darkroom didn't make ({setting.Split('=')[0].Trim()}). Remove the line, or the file.");
    }

    private static bool IsSetting(string line) => line.Trim() is { Length: > 0 } text && text[0] != '#';

    private void RequireOwnData()
    {
        if (FileFacts.Of(Data) is not { } facts) return;
        if (!facts.IsFolder) throw new EmbeddedPostgresException($"{Data} must be a folder, and is none (links aren't followed). Remove it, or put the database's folder there.");
        if (facts.Owner != Owner) throw new EmbeddedPostgresException($"{Data} belongs to another user ({facts.Owner}), so it isn't used as a database. Remove it, or give it to user {Owner}.");
        if (Directory.EnumerateFileSystemEntries(Data).Any())
        {
            if (FileFacts.Of(Path.Combine(Data, "PG_VERSION")) is not { IsFile: true }) throw new EmbeddedPostgresException($"{Data} has files, but is no PostgreSQL database. Remove it to begin with an empty database.");
        }
        else Directory.Delete(Data, recursive: false);
    }

    // Clusters of earlier versions: in .darkroom, where root alone writes; or in /var/tmp, where anybody could have put one.
    private async Task AdoptFormerAsync(Action<string> say, CancellationToken cancellationToken)
    {
        if (FileFacts.Of(Data) is not null) return;
        foreach (var above in (string[])[Home, FormerFolder])
        {
            var former = Path.Combine(above, "postgres");
            if (FileFacts.Of(Path.Combine(former, "PG_VERSION")) is null) continue;
            if (await FindForeignAsync(former, above, cancellationToken) is { } foreign)
            {
                say($"The database of an earlier version in {former} isn't used: {foreign}.");
                continue;
            }

            if (ServerLock.IsHeld(former)) throw new EmbeddedPostgresException($"The database of an earlier version in {former} is running. Stop the workers that use it, then try again.");
            await MoveAsync(former, cancellationToken);
            say($"The database of an earlier version was moved from {former} to {Data}.");
            return;
        }
    }

    private async Task<string?> FindForeignAsync(string former, string above, CancellationToken cancellationToken)
    {
        if (FileFacts.Of(above) is not { IsFolder: true, Owner: 0, IsOpenToOthers: false }) return $"{above} isn't a folder of root's that only root can write";
        if (FileFacts.Of(former) is not { IsFolder: true, IsOpenToOthers: false } facts || facts.Owner != Owner) return $"it isn't the own folder of the user {ServerUser.ServerName}";
        var foreign = await RootAsync("find", [former, "(", "!", "-uid", $"{Owner}", "-o", "!", "-type", "d", "!", "-type", "f", ")", "-print", "-quit"], cancellationToken);
        return foreign.Length == 0 ? null : $"{foreign.Trim()} in it isn't a file of that user's";
    }

    private async Task MoveAsync(string former, CancellationToken cancellationToken)
    {
        try
        {
            Directory.Move(former, Data);
        }
        catch (IOException)
        {
            // Another file system. The original stays, under a name that says so, until a person removes it.
            await RemoveAsync(NewData, cancellationToken);
            await RootAsync("cp", ["-a", "--no-dereference", former, NewData], cancellationToken);
            Directory.Move(NewData, Data);
            Directory.Move(former, former + ".moved");
        }
    }

    private static Task<string> RootAsync(string program, string[] arguments, CancellationToken cancellationToken) =>
        Shell.RunAsync(new System.Diagnostics.ProcessStartInfo(program, arguments), input: null, cancellationToken);
}
