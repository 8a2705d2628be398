using System.Diagnostics;
using System.Globalization;

namespace Darkroom.Testing.Postgres;

/// <summary>Folders of private clusters, named after the test process that they belong to.</summary>
internal static class TestFolders
{
    private const string Prefix = "darkroom-test-";
    private static readonly Lazy<bool> Abandoned = new(RemoveAbandoned);
    private static readonly char[] Letters = [.. "abcdefghijklmnopqrstuvwxyz"];

    /// <summary>A folder of this process's. PostgreSQL's own user can reach it, so it lies in the folder for temporary files.</summary>
    /// <param name="purpose">Letters that tell several apart; empty for the first.</param>
    public static string Create(string purpose = "")
    {
        // Before the first folder of ours, and never after: one with our number is a dead process's only until then.
        _ = Abandoned.Value;
        return Directory.CreateDirectory(Path.Combine(Path.GetTempPath(), Prefix + Environment.ProcessId.ToString(CultureInfo.InvariantCulture) + purpose)).FullName;
    }

    /// <summary>Ends the clusters of test processes that were killed before they could.</summary>
    private static bool RemoveAbandoned()
    {
        foreach (var folder in Directory.EnumerateDirectories(Path.GetTempPath(), Prefix + "*"))
        {
            if (!int.TryParse(Path.GetFileName(folder)[Prefix.Length..].TrimEnd(Letters), CultureInfo.InvariantCulture, out var owner)) continue;
            // An own number that is found here is a dead process's that was given out again.
            if (owner != Environment.ProcessId && FindProcess(owner) is not null) continue;
            StopServer(Path.Combine(folder, "postgres", "postmaster.pid"));
            try
            {
                Directory.Delete(folder, recursive: true);
            }
            catch (DirectoryNotFoundException)
            {
                // Another test process that started just now removes it, too.
            }
        }

        return true;
    }

    // The first line of the server's file is its process; the others of the cluster end when it is gone.
    private static void StopServer(string pidFile)
    {
        if (!File.Exists(pidFile) || !int.TryParse(File.ReadLines(pidFile).FirstOrDefault(), CultureInfo.InvariantCulture, out var pid)) return;
        using var server = FindProcess(pid);
        if (server?.ProcessName != "postgres") return;
        server.Kill();
        server.WaitForExit(TimeSpan.FromSeconds(5));
    }

    private static Process? FindProcess(int pid)
    {
        try
        {
            return Process.GetProcessById(pid);
        }
        catch (ArgumentException)
        {
            return null;
        }
    }
}
