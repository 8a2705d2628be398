using Darkroom.Jobs.Access;
using System.CommandLine;
using Darkroom.Worker.Access;
using Darkroom.Worker.Client;
using Darkroom.Worker.Hosting;
using Darkroom.Worker.Machine;

namespace Darkroom.Worker.Cli;

/// <summary>Whether a command works on this machine's database or through a server.</summary>
internal sealed class ServerFlags
{
    /// <summary>Where the key may stand, so that it is in no process list.</summary>
    public const string KeyVariable = "DARKROOM_API_KEY";

    private const string InsecureVariable = "Api__AllowInsecure";

    private readonly Option<string?> _server = new("--server") { Description = "Use the API of this worker, such as https://darkroom.example:5080, instead of the database." };
    private readonly Option<string?> _keyFile = new("--key-file") { Description = $"File with the key for --server. Default: the environment variable {KeyVariable}." };

    private ServerFlags()
    {
    }

    /// <summary>Adds the flags to a command.</summary>
    public static ServerFlags AddTo(Command command)
    {
        var flags = new ServerFlags();
        command.Add(flags._server);
        command.Add(flags._keyFile);
        return flags;
    }

    /// <summary>Whether an option is one of these.</summary>
    public bool Has(Option option) => option == _server || option == _keyFile;

    /// <summary>The server's client, or null when none is named.</summary>
    /// <exception cref="CliException">The address is none, or the key can't be read.</exception>
    public DarkroomClient? Connect(ParseResult parsed, CommandSurroundings surroundings)
    {
        if (parsed.GetValue(_server) is not { } server)
            return parsed.GetValue(_keyFile) is null ? null : throw new CliException("--key-file is for a server: name it with --server.");
        if (!Uri.TryCreate(server, UriKind.Absolute, out var address) || address.Scheme is not ("http" or "https") || address.UserInfo.Length > 0)
            throw new CliException("--server takes an address such as https://darkroom.example:5080.");
        var key = ReadKey(parsed.GetValue(_keyFile), surroundings);
        var isLoopback = Loopback.IsHost(address.Host);
        if (key is not null && address.Scheme == Uri.UriSchemeHttp && !isLoopback && !IsInsecureAllowed(surroundings))
            throw new CliException($"--server {server}: the access key would go over the network in the clear. Use https, or set {InsecureVariable}=true where the network is your own.");
        // Where there are no access keys, the worker of this folder lets in who can read its token.
        return new DarkroomClient(address, key ?? (isLoopback ? LocalToken.ReadFrom(Path.Combine(surroundings.Folder, DarkroomSession.HomeFolder)) : null));
    }

    /// <summary>Opens what the command works on.</summary>
    /// <param name="context">The command's context.</param>
    /// <param name="parsed">The command line.</param>
    /// <param name="logLevel">The least level that is logged where it works here.</param>
    public async Task<Desk> OpenAsync(CliContext context, ParseResult parsed, LogLevel logLevel = LogLevel.Warning) =>
        Connect(parsed, context.Surroundings) is { } client ? Desk.Remote(client, context) : await Desk.LocalAsync(context, logLevel);

    private static bool IsInsecureAllowed(CommandSurroundings surroundings) => bool.TryParse(surroundings.Variable(InsecureVariable), out var allowed) && allowed;

    private static string? ReadKey(string? file, CommandSurroundings surroundings)
    {
        if (file is null) return surroundings.Variable(KeyVariable)?.Trim();
        try
        {
            return File.ReadAllText(surroundings.PathOf(file)).Trim();
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new CliException($"--key-file {file} can't be read: {exception.Message}");
        }
    }
}
