using Darkroom.Jobs.Access;
using Darkroom.Jobs.Outputs;
using Darkroom.Jobs.Running;
using Darkroom.Storage.Images;
using Darkroom.Worker.Configuration;
using Darkroom.Worker.Hosting;
using Darkroom.Worker.Machine;
using Darkroom.Worker.Progress;
using Darkroom.Worker.Telemetry;
using Spectre.Console;

namespace Darkroom.Worker.Cli;

/// <summary>What commands share: where they print, the current folder, and how they open a session. Results go to stdout, all else to stderr.</summary>
internal sealed class CliContext(CommandSurroundings surroundings)
{
    private const int RedirectedWidth = 160;
    private const int MostCommandLine = 1000;

    /// <summary>What the command finds around itself.</summary>
    public CommandSurroundings Surroundings { get; } = surroundings;

    /// <summary>The signals that end the command.</summary>
    public StopSignals Signals => Surroundings.Signals;

    /// <summary>The command as it was called, to be shown with a flag added; null when it has what isn't to be repeated, or is too long to be read.</summary>
    public string? CommandLine { get; init; }

    /// <summary>Results.</summary>
    public TextWriter Output { get; } = CleanWriter.Before(surroundings.Output);

    /// <summary>Progress, notes and errors.</summary>
    public TextWriter Error { get; } = CleanWriter.Before(surroundings.Error);

    /// <summary>A terminal's view of stderr.</summary>
    public IAnsiConsole ErrorConsole { get; } = CreateConsole(surroundings.Error, surroundings.IsErrorTerminal);

    /// <summary>A terminal's view of stdout.</summary>
    public IAnsiConsole OutputConsole { get; } = CreateConsole(surroundings.Output, surroundings.IsOutputTerminal);

    /// <summary>Where the command was called.</summary>
    public string Folder => Surroundings.Folder;

    /// <summary>The clock.</summary>
    public TimeProvider Time { get; } = TimeProvider.System;

    /// <summary>Who calls the command, for the audit.</summary>
    public Actor By { get; } = new($"{Environment.UserName}@{Environment.MachineName}", "cli");

    /// <summary>Opens the database, migrated.</summary>
    public Task<DarkroomSession> OpenAsync(IEnumerable<KeyValuePair<string, string?>>? overrides = null) =>
        DarkroomSession.OpenAsync(DarkroomConfiguration.Load(Surroundings, overrides), Folder, Error.WriteLine, migrate: true, Signals.Stop);

    /// <summary>Opens the database for a command that works, which needs more of the machine than one that looks.</summary>
    /// <exception cref="MachineException">The machine lacks something.</exception>
    public Task<DarkroomSession> OpenForWorkAsync(IEnumerable<KeyValuePair<string, string?>>? overrides = null)
    {
        MachineCheck.Require(DarkroomConfiguration.Load(Surroundings, overrides).GetSection(WorkerOptions.Section).Get<WorkerOptions>() ?? new WorkerOptions());
        return OpenAsync(overrides);
    }

    /// <summary>The services of a command, options checked.</summary>
    /// <param name="session">The session.</param>
    /// <param name="logLevel">The least level that is logged, to stderr.</param>
    /// <param name="exports">Whether traces, metrics and logs are exported, as the environment says: for commands that work, not for those that look.</param>
    /// <exception cref="Microsoft.Extensions.Options.OptionsValidationException">An option can't be used.</exception>
    public ServiceProvider BuildServices(DarkroomSession session, LogLevel logLevel, bool exports = false)
    {
        var services = new ServiceCollection();
        services.AddLogging(logging => DarkroomLogging.Configure(logging, session.Configuration, Surroundings, logLevel));
        services.AddDarkroom(session);
        if (exports) services.AddDarkroomTelemetry(session.Configuration);
        var provider = services.BuildServiceProvider();
        provider.ValidateOptions();
        if (exports) provider.StartTelemetry();
        return provider;
    }

    /// <summary>Refuses to work where the folder of images takes none: what is paid for must have a place. Azure is waited for instead.</summary>
    /// <exception cref="Jobs.Outputs.ImageStoreException">The folder takes no files.</exception>
    public static async Task RequireStoreAsync(IServiceProvider services, CancellationToken cancellationToken)
    {
        if (services.GetRequiredService<IImageStore>() is KeepingImageStore { Inner: FileImageStore folder }) await folder.CheckAsync(cancellationToken);
    }

    /// <summary>What reads and estimates manifests, options checked. Needs no database, no store and no key.</summary>
    /// <exception cref="Microsoft.Extensions.Options.OptionsValidationException">An option can't be used.</exception>
    public ServiceProvider BuildPlanning()
    {
        var configuration = DarkroomConfiguration.Load(Surroundings);
        var services = new ServiceCollection();
        services.AddLogging(logging => DarkroomLogging.Configure(logging, configuration, Surroundings, LogLevel.Warning));
        services.AddDarkroomPlanning(configuration);
        var provider = services.BuildServiceProvider();
        provider.ValidatePlanningOptions();
        return provider;
    }

    /// <summary>A live display where stderr is a terminal, else lines.</summary>
    public IProgressView CreateProgressView() => Surroundings.IsErrorTerminal ? new TerminalProgressView(ErrorConsole) : new LogProgressView(Error, Time);

    /// <summary>One live line where stderr is a terminal, else lines.</summary>
    public ILineView CreateLineView() => Surroundings.IsErrorTerminal ? new TerminalLineView(ErrorConsole) : new LogLineView(Error, Time);

    /// <summary>Arguments as a shell takes them. An address with a query or a user may be a secret, and so may what a webhook's has in its path.</summary>
    internal static string? CommandLineOf(IReadOnlyList<string> args)
    {
        if (args.Any(arg => arg.StartsWith("--webhook", StringComparison.Ordinal) || (arg.Contains("://", StringComparison.Ordinal) && arg.AsSpan().ContainsAny("?@")))) return null;
        var line = $"darkroom {string.Join(' ', args.Select(Quoted))}";
        return line.Length <= MostCommandLine ? line : null;
    }

    private static string Quoted(string arg) =>
        arg.Length > 0 && arg.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.' or '/' or ':' or '=' or ',' or '+') ? arg : $"'{arg.Replace("'", "'\\''", StringComparison.Ordinal)}'";

    // In a file or a pipe: no colours, and room for long lines.
    private static IAnsiConsole CreateConsole(TextWriter writer, bool isTerminal)
    {
        var settings = new AnsiConsoleSettings { Out = new AnsiConsoleOutput(writer) };
        if (!isTerminal) (settings.Ansi, settings.ColorSystem) = (AnsiSupport.No, ColorSystemSupport.NoColors);
        var console = AnsiConsole.Create(settings);
        if (!isTerminal) console.Profile.Width = RedirectedWidth;
        console.Pipeline.Attach(new CleanSegments());
        return console;
    }
}
