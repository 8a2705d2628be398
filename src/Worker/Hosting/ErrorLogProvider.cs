using System.Collections.Concurrent;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Logging.Console;
using Microsoft.Extensions.Options;

namespace Darkroom.Worker.Hosting;

/// <summary>
/// Writes logs to a command's error output in the form that <c>Logging:Console</c> names. .NET's own console provider writes to the console of the process, whatever
/// the command was given.
/// </summary>
[ProviderAlias("Console")]
internal sealed class ErrorLogProvider : ILoggerProvider, ISupportExternalScope
{
    // As many as .NET's own keeps; a reader that is slower than this slows the program down.
    private const int MostWaiting = 2500;
    private static readonly TimeSpan LastWrites = TimeSpan.FromSeconds(1.5);

    private readonly TextWriter _error;
    private readonly ConsoleFormatter _formatter;
    private readonly BlockingCollection<string> _waiting = new(MostWaiting);
    private readonly Thread _writer;
    private IExternalScopeProvider? _scopes;

    /// <summary>Begins to write.</summary>
    public ErrorLogProvider(TextWriter error, IEnumerable<ConsoleFormatter> formatters, IOptions<ConsoleLoggerOptions> options)
    {
        _error = error;
        var known = formatters.ToDictionary(formatter => formatter.Name, StringComparer.OrdinalIgnoreCase);
        _formatter = known.GetValueOrDefault(options.Value.FormatterName ?? ConsoleFormatterNames.Simple) ?? known[ConsoleFormatterNames.Simple];
        _writer = new Thread(Write) { IsBackground = true, Name = "log" };
        _writer.Start();
    }

    /// <inheritdoc/>
    public ILogger CreateLogger(string categoryName) => new ErrorLogger(this, categoryName);

    /// <inheritdoc/>
    public void SetScopeProvider(IExternalScopeProvider scopeProvider) => _scopes = scopeProvider;

    /// <inheritdoc/>
    public void Dispose()
    {
        _waiting.CompleteAdding();
        // A reader that takes nothing any more doesn't keep the program.
        if (_writer.Join(LastWrites)) _waiting.Dispose();
    }

    private void Write()
    {
        try
        {
            foreach (var line in _waiting.GetConsumingEnumerable()) _error.Write(line);
        }
        catch (IOException)
        {
            // Nobody reads any more. What is logged from now on is dropped, and nobody waits for room.
            _waiting.CompleteAdding();
        }
    }

    private void Add(string line)
    {
        try
        {
            if (line.Length > 0) _waiting.Add(line);
        }
        catch (InvalidOperationException)
        {
            // The program ends, or nobody reads.
        }
    }

    private sealed class ErrorLogger(ErrorLogProvider provider, string category) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state) where TState : notnull => provider._scopes?.Push(state);

        public bool IsEnabled(LogLevel logLevel) => logLevel != LogLevel.None;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            using var text = new StringWriter();
            provider._formatter.Write(new LogEntry<TState>(logLevel, category, eventId, state, exception, formatter), provider._scopes, text);
            provider.Add(text.ToString());
        }
    }
}
