using System.Diagnostics;
using System.Globalization;
using Darkroom.Worker.Machine;

namespace Darkroom.Worker.Embedded;

/// <summary>
/// Whom PostgreSQL runs as. Its server refuses to run as root; there the system user <c>postgres</c>, which Debian's package makes, runs it.
/// </summary>
internal static class ServerUser
{
    private const string Name = "postgres";

    // All that PostgreSQL's programs need of the environment. The rest stays here: it holds keys, and the server's user could read it in /proc.
    private static readonly string[] Passed = ["PATH", "LD_LIBRARY_PATH", "TZ"];

    /// <summary>Whether another user must run the server.</summary>
    public static bool IsNeeded { get; } = Environment.IsPrivilegedProcess && !OperatingSystem.IsWindows();

    /// <summary>The name of the user that runs the server.</summary>
    public static string ServerName => IsNeeded ? Name : Environment.UserName;

    /// <summary>The user's id.</summary>
    /// <exception cref="EmbeddedPostgresException">There is no such user.</exception>
    public static async Task<uint> FindIdAsync(CancellationToken cancellationToken)
    {
        if (!IsNeeded) return FileFacts.Self;
        var id = await Shell.RunAsync(new ProcessStartInfo("id", ["-u", Name]), input: null, cancellationToken);
        return uint.Parse(id, NumberStyles.AllowTrailingWhite, CultureInfo.InvariantCulture);
    }

    /// <summary>Runs a program as that user, with hardly any environment.</summary>
    /// <param name="program">The program's path.</param>
    /// <param name="arguments">Its arguments.</param>
    /// <param name="folder">Where it runs; the user can enter it.</param>
    /// <param name="input">Its standard input, or null.</param>
    /// <param name="cancellationToken">Ends the program.</param>
    /// <returns>What it printed.</returns>
    /// <exception cref="EmbeddedPostgresException">It can't be started or fails.</exception>
    public static Task<string> RunAsync(string program, IReadOnlyList<string> arguments, string folder, string? input, CancellationToken cancellationToken)
    {
        var start = IsNeeded
            ? new ProcessStartInfo("setpriv", ["--reuid", Name, "--regid", Name, "--init-groups", program, .. arguments])
            : new ProcessStartInfo(program, arguments);
        start.WorkingDirectory = folder;
        var passed = Passed.Select(name => (name, Value: Environment.GetEnvironmentVariable(name))).Where(pair => pair.Value is not null).ToList();
        start.Environment.Clear();
        foreach (var (name, value) in passed) start.Environment[name] = value;
        start.Environment["LC_ALL"] = "C";
        return Shell.RunAsync(start, input, cancellationToken);
    }
}
