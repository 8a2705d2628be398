using System.Diagnostics;
using System.Globalization;
using Darkroom.Worker.Machine;

namespace Darkroom.Worker.Embedded;

/// <summary>
/// The file <c>postmaster.pid</c>, by which PostgreSQL guards a data folder. After a kill it stays behind, and the server refuses to start while any process
/// of its own user has that number: a zombie that a container's first process never buries, or whoever was given the number after a restart.
/// </summary>
internal static class ServerLock
{
    private const string ServerName = "postgres";

    /// <summary>Whether a live server holds the folder: a process of the file's number that is PostgreSQL's, runs as the folder's owner and works in the folder.</summary>
    public static bool IsHeld(string data) => FindServer(data) is not null;

    /// <summary>The process id of the live server that holds the folder, or null.</summary>
    public static int? FindServer(string data)
    {
        var file = FileOf(data);
        try
        {
            if (FileFacts.Of(file) is not { IsFile: true } || !int.TryParse(File.ReadLines(file).FirstOrDefault(), CultureInfo.InvariantCulture, out var id)) return null;
            using var server = Process.GetProcessById(id);
            return server.ProcessName == ServerName && WorksIn(id, data) ? id : null;
        }
        catch (Exception exception) when (exception is ArgumentException or InvalidOperationException or IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>
    /// Removes the file of a server that is gone, and its socket with its own lock. The server's shared memory, which the next server looks at too, still guards
    /// against children that outlive it.
    /// </summary>
    public static void RemoveIfStale(string data, string sockets)
    {
        if (IsHeld(data)) return;
        foreach (var file in (string[])[FileOf(data), SocketIn(sockets), SocketIn(sockets) + ".lock"]) File.Delete(file);
    }

    /// <summary>The server's socket.</summary>
    public static string SocketIn(string sockets) => Path.Combine(sockets, ".s.PGSQL.5432");

    private static string FileOf(string data) => Path.Combine(data, "postmaster.pid");

    // Linux tells who a process is and where it works; of a zombie, nothing.
    private static bool WorksIn(int id, string data)
    {
        if (!OperatingSystem.IsLinux()) return true;
        var folder = FileFacts.Behind(data);
        var works = FileFacts.Behind($"/proc/{id}/cwd");
        return folder is not null && works == folder && FileFacts.Of($"/proc/{id}")?.Owner == folder.Value.Owner;
    }
}
