using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace Darkroom.Jobs.Tests.Running;

/// <summary>Keeps the lines that are warnings or worse, as a person reads them.</summary>
internal sealed class ListLogger<T>(ConcurrentQueue<string> lines) : ILogger<T>
{
    public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        if (logLevel >= LogLevel.Warning) lines.Enqueue(formatter(state, exception));
    }
}
