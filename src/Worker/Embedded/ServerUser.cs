using System.Security.Cryptography;
using System.Text;

namespace Darkroom.Worker.Embedded;

/// <summary>
/// Whom PostgreSQL runs as. Its server refuses to run as root; there the system user <c>postgres</c>, which Debian's package makes, runs it.
/// </summary>
internal static class ServerUser
{
    private const string Name = "postgres";

    /// <summary>Whether another user must run the server.</summary>
    public static bool IsNeeded { get; } = Environment.IsPrivilegedProcess && !OperatingSystem.IsWindows();

    /// <summary>Runs a program as that user.</summary>
    public static Task RunAsync(string program, IReadOnlyList<string> arguments, CancellationToken cancellationToken) => IsNeeded
        ? Shell.RunAsync("setpriv", ["--reuid", Name, "--regid", Name, "--init-groups", program, .. arguments], null, cancellationToken)
        : Shell.RunAsync(program, arguments, null, cancellationToken);

    /// <summary>
    /// Makes a folder that the user owns. Where the user can't reach it, since a folder above is closed (as /root is), one under /var/tmp serves, named after
    /// the first, so that it is found again.
    /// </summary>
    public static async Task<string> PrepareFolderAsync(string folder, Action<string> say, CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(folder);
        if (!IsNeeded) return folder;
        if (!await CanReachAsync(folder, cancellationToken))
        {
            var elsewhere = $"/var/tmp/darkroom-{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(folder)))[..12]}/{Path.GetFileName(folder)}";
            say($"PostgreSQL can't run as root, and its user can't reach {folder}: its data is kept in {elsewhere}.");
            Directory.Delete(folder);
            folder = elsewhere;
            Directory.CreateDirectory(folder);
        }

        await Shell.RunAsync("chown", [Name, folder], null, cancellationToken);
        await Shell.RunAsync("chmod", ["700", folder], null, cancellationToken);
        return folder;
    }

    /// <summary>Gives a file to the user.</summary>
    public static Task OwnAsync(string path, CancellationToken cancellationToken) =>
        IsNeeded ? Shell.RunAsync("chown", [Name, path], null, cancellationToken) : Task.CompletedTask;

    // Reaching takes the right to pass through each folder above; the folder itself may still be root's.
    private static async Task<bool> CanReachAsync(string folder, CancellationToken cancellationToken)
    {
        try
        {
            await RunAsync("test", ["-x", Path.GetDirectoryName(folder)!], cancellationToken);
            return true;
        }
        catch (EmbeddedPostgresException)
        {
            return false;
        }
    }
}
