using System.Diagnostics;

namespace Darkroom.Worker.Embedded;

/// <summary>Installs PostgreSQL's server through apt, where this may be done.</summary>
public static class PostgresInstaller
{
    private const string ClusterConfig = "/etc/postgresql-common/createcluster.conf";

    /// <summary>Finds the server programs, or installs them when this process is root on a Debian-like machine.</summary>
    /// <param name="say">Told what is done, line by line.</param>
    /// <param name="cancellationToken">Stops the installation.</param>
    /// <exception cref="EmbeddedPostgresException">They are missing and can't be installed.</exception>
    public static async Task<PostgresBinaries> EnsureAsync(Action<string> say, CancellationToken cancellationToken)
    {
        if (PostgresBinaries.Find() is { } found) return found;
        if (!Environment.IsPrivilegedProcess || !File.Exists("/usr/bin/apt-get"))
            throw new EmbeddedPostgresException($"PostgreSQL's server isn't installed here. {PostgresBinaries.Cure}");

        say("PostgreSQL's server isn't installed: installing it with apt-get (this is done once) …");
        // Debian would make and start a cluster of its own; nobody asked for that.
        if (!File.Exists(ClusterConfig))
        {
            Directory.CreateDirectory(Path.GetDirectoryName(ClusterConfig)!);
            await File.WriteAllTextAsync(ClusterConfig, "create_main_cluster = false\n", cancellationToken);
        }

        await RunAsync(["update", "-q"], cancellationToken);
        await RunAsync(["install", "-q", "-y", "--no-install-recommends", "-o", "Dpkg::Options::=--force-confold", "postgresql"], cancellationToken);
        return PostgresBinaries.Find() ?? throw new EmbeddedPostgresException($"apt-get installed PostgreSQL, but initdb can't be found. {PostgresBinaries.Cure}");
    }

    private static Task<string> RunAsync(string[] arguments, CancellationToken cancellationToken)
    {
        var start = new ProcessStartInfo("apt-get", arguments);
        start.Environment["DEBIAN_FRONTEND"] = "noninteractive";
        return Shell.RunAsync(start, input: null, cancellationToken);
    }
}
