using System.Text.RegularExpressions;
using Darkroom.Jobs.Editing;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Logging.Console;

namespace Darkroom.Worker.Hosting;

/// <summary>Takes secrets and control characters out of whatever another formatter writes: messages, scopes and exceptions, of our own code and of every library's.</summary>
internal sealed partial class RedactingFormatter(ConsoleFormatter inner, Redactor redactor, bool isTerminal) : ConsoleFormatter(inner.Name), IDisposable
{
    /// <inheritdoc/>
    public override void Write<TState>(in LogEntry<TState> logEntry, IExternalScopeProvider? scopeProvider, TextWriter textWriter)
    {
        using var text = new StringWriter();
        inner.Write(logEntry, scopeProvider, text);
        var redacted = redactor.Redact(text.ToString());
        // At a terminal the formatter's own colours stay; nothing else that steers one does.
        if (!isTerminal) textWriter.Write(PlainText.Clean(redacted));
        else foreach (var (at, part) in Colours().Split(redacted).Index()) textWriter.Write(at % 2 == 1 ? part : PlainText.Clean(part));
    }

    /// <inheritdoc/>
    public void Dispose() => (inner as IDisposable)?.Dispose();

    // The group makes the colours every second part of a split.
    [GeneratedRegex(@"(?<colour>\x1b\[[0-9;]{1,20}m)", RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Colours();

    /// <summary>Puts one around every formatter that is registered, so that no setting of <c>Logging:Console</c> leads around it.</summary>
    public static void Wrap(IServiceCollection services, Redactor redactor, bool isTerminal)
    {
        for (var i = 0; i < services.Count; i++)
        {
            if (services[i] is not { ImplementationType: { } type } service || service.ServiceType != typeof(ConsoleFormatter)) continue;
            services[i] = ServiceDescriptor.Singleton<ConsoleFormatter>(provider =>
                new RedactingFormatter((ConsoleFormatter)ActivatorUtilities.CreateInstance(provider, type), redactor, isTerminal));
        }
    }
}
