using System.Diagnostics;
using System.Globalization;
using Darkroom.Storage.Postgres;
using Darkroom.Worker.Embedded;
using Darkroom.Worker.Machine;

namespace Darkroom.Testing.Postgres;

/// <summary>Private clusters of this test process, in fresh folders that nobody else can enter; and the end of those that killed test processes left.</summary>
internal static class TestFolders
{
    private const string Prefix = "darkroom-test-";
    private static readonly Lazy<Task> Abandoned = new(RemoveAbandonedAsync);

    /// <summary>A folder of this process's, named after it and at random.</summary>
    public static async Task<string> CreateAsync()
    {
        await Abandoned.Value;
        return Directory.CreateTempSubdirectory($"{Prefix}{Environment.ProcessId.ToString(CultureInfo.InvariantCulture)}-").FullName;
    }

    /// <summary>Starts a cluster in a folder. Its role, no superuser, may make databases for the tests.</summary>
    public static async Task<EmbeddedPostgres> StartClusterAsync(string home, params string[] settings)
    {
        var cluster = await EmbeddedPostgres.StartAsync(home, settings, Console.Error.WriteLine, CancellationToken.None);
        await DatabaseCommands.ExecuteAsync(cluster.AdministratorConnectionString, $"alter role {PrivateDatabase.Role} createdb; grant pg_signal_backend to {PrivateDatabase.Role}");
        return cluster;
    }

    /// <summary>Removes a folder with its cluster, wherever that is. The server is gone, or is ended.</summary>
    public static async Task RemoveAsync(string home)
    {
        if (FileFacts.Of(home) is not { IsFolder: true } facts || facts.Owner != FileFacts.Self) return;
        if (await ClusterPlace.FindAsync(home, CancellationToken.None) is { } place)
        {
            await StopServerAsync(place.Data);
            foreach (var folder in (string[])[place.Data, place.NewData, Path.Combine(place.Folder, "sockets")]) await place.RemoveAsync(folder, CancellationToken.None);
            // What is left there are files of this process's user.
            if (place.Folder != home) Directory.Delete(place.Folder, recursive: true);
        }

        Directory.Delete(home, recursive: true);
    }

    // Ends the clusters of test processes that were killed before they could. Others may have made folders of such a name: only this user's own are looked at.
    private static async Task RemoveAbandonedAsync()
    {
        foreach (var folder in Directory.EnumerateDirectories(Path.GetTempPath(), Prefix + "*"))
        {
            if (FileFacts.Of(folder) is not { IsFolder: true } facts || facts.Owner != FileFacts.Self || facts.IsOpenToOthers) continue;
            // This process makes its first folder after this; one with its number is a dead process's, whose number was given out again.
            if (!int.TryParse(Path.GetFileName(folder)[Prefix.Length..].Split('-')[0], CultureInfo.InvariantCulture, out var owner) || (owner != Environment.ProcessId && Lives(owner))) continue;
            try
            {
                await RemoveAsync(folder);
            }
            catch (DirectoryNotFoundException)
            {
                // Another test process that started just now removes it, too.
            }
        }
    }

    // The other processes of the cluster end when the first one is gone.
    private static async Task StopServerAsync(string data)
    {
        if (ServerLock.FindServer(data) is not { } id) return;
        using var server = Process.GetProcessById(id);
        server.Kill();
        await server.WaitForExitAsync().WaitAsync(TimeSpan.FromSeconds(10));
    }

    private static bool Lives(int id)
    {
        try
        {
            using var process = Process.GetProcessById(id);
            return true;
        }
        catch (ArgumentException)
        {
            return false;
        }
    }
}
