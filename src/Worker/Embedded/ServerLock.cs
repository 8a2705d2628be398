using System.Diagnostics;

namespace Darkroom.Worker.Embedded;

/// <summary>
/// The file <c>postmaster.pid</c>, by which PostgreSQL guards a data folder. After a kill it stays behind, and the server refuses to start while any process
/// of its own user has that number: a zombie that a container's first process never buries, or whoever was given the number after a restart.
/// </summary>
internal static class ServerLock
{
    private const string ServerName = "postgres";

    /// <summary>Whether a server that lives holds the folder.</summary>
    public static bool IsHeld(string data)
    {
        var file = FileOf(data);
        if (!File.Exists(file) || !int.TryParse(File.ReadLines(file).FirstOrDefault(), out var id)) return false;
        try
        {
            using var server = Process.GetProcessById(id);
            return server.ProcessName == ServerName && !IsZombie(id);
        }
        catch (Exception exception) when (exception is ArgumentException or InvalidOperationException or IOException)
        {
            return false;
        }
    }

    /// <summary>Removes the file of a server that is gone. Its shared memory, which the next server looks at too, still guards against children that outlive it.</summary>
    public static void RemoveIfStale(string data)
    {
        if (!IsHeld(data)) File.Delete(FileOf(data));
    }

    private static string FileOf(string data) => Path.Combine(data, "postmaster.pid");

    // Linux: the state comes after the name, which stands in brackets and may hold any character.
    private static bool IsZombie(int id)
    {
        var stat = $"/proc/{id}/stat";
        if (!File.Exists(stat)) return false;
        var text = File.ReadAllText(stat);
        var at = text.LastIndexOf(')') + 2;
        return at < text.Length && text[at] is 'Z' or 'X';
    }
}
