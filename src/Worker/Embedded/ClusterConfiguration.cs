using System.Diagnostics;
using System.Text;
using Darkroom.Jobs.Scratch;
using Darkroom.Storage.Postgres;

namespace Darkroom.Worker.Embedded;

/// <summary>
/// The server's configuration, written before each start and outside of the data folder, so that whatever an earlier version, a person or an intruder put there
/// isn't read: no network, no connection without a password, no libraries, no commands.
/// </summary>
internal static class ClusterConfiguration
{
    /// <summary>The configuration's file, in the folder of the cluster.</summary>
    public const string FileName = "postgresql.conf";

    private const string Map = "darkroom";

    /// <summary>Writes the files.</summary>
    /// <param name="place">The cluster's place.</param>
    /// <param name="sockets">The folder of the server's socket.</param>
    /// <param name="settings">Further settings, such as <c>fsync=off</c>.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    public static async Task WriteAsync(ClusterPlace place, string sockets, IReadOnlyList<string> settings, CancellationToken cancellationToken)
    {
        var (access, users) = (Path.Combine(place.Folder, "pg_hba.conf"), Path.Combine(place.Folder, "pg_ident.conf"));
        // The superuser is for the server's own user, and for the one that starts it (root, where they differ); all others have a password.
        await WriteAsync(access, $"""
            local all {PrivateDatabase.Administrator} peer map={Map}
            local all all scram-sha-256
            """, cancellationToken);
        await WriteAsync(users, string.Join('\n', new[] { ServerUser.ServerName, Environment.UserName }.Distinct(StringComparer.Ordinal)
            .Select(user => $"{Map} \"{user}\" {PrivateDatabase.Administrator}")), cancellationToken);
        await WriteAsync(Path.Combine(place.Folder, FileName), $"""
            data_directory = {Quote(place.Data)}
            hba_file = {Quote(access)}
            ident_file = {Quote(users)}
            listen_addresses = ''
            unix_socket_directories = {Quote(sockets)}
            unix_socket_permissions = 0700
            password_encryption = 'scram-sha-256'
            max_connections = 200
            shared_buffers = 128MB
            timezone = 'UTC'
            log_min_messages = warning
            {string.Join('\n', settings)}
            """, cancellationToken);
    }

    private static string Quote(string text) => $"'{text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("'", "''", StringComparison.Ordinal)}'";

    private static async Task WriteAsync(string file, string text, CancellationToken cancellationToken)
    {
        await PrivateFiles.WriteAsync(file, Encoding.UTF8.GetBytes($"# Written by Darkroom before each start of the server; changes are lost.\n{text}\n"), cancellationToken);
        if (OperatingSystem.IsWindows() || !ServerUser.IsNeeded) return;
        await Shell.RunAsync(new ProcessStartInfo("chgrp", ["-h", ServerUser.ServerName, file]), input: null, cancellationToken);
        File.SetUnixFileMode(file, PrivateFiles.FileRights | UnixFileMode.GroupRead);
    }
}
