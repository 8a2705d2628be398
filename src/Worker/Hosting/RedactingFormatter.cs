using Darkroom.Jobs.Editing;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Logging.Console;

namespace Darkroom.Worker.Hosting;

/// <summary>Takes the secrets out of whatever another formatter writes: messages, scopes and exceptions, of our own code and of every library's.</summary>
internal sealed class RedactingFormatter(ConsoleFormatter inner, Redactor redactor) : ConsoleFormatter(inner.Name), IDisposable
{
    /// <inheritdoc/>
    public override void Write<TState>(in LogEntry<TState> logEntry, IExternalScopeProvider? scopeProvider, TextWriter textWriter)
    {
        using var text = new StringWriter();
        inner.Write(logEntry, scopeProvider, text);
        textWriter.Write(redactor.Redact(text.ToString()));
    }

    /// <inheritdoc/>
    public void Dispose() => (inner as IDisposable)?.Dispose();

    /// <summary>Puts one around every formatter that is registered, so that no setting of <c>Logging:Console</c> leads around it.</summary>
    public static void Wrap(IServiceCollection services, Redactor redactor)
    {
        for (var i = 0; i < services.Count; i++)
        {
            if (services[i] is not { ImplementationType: { } type } service || service.ServiceType != typeof(ConsoleFormatter)) continue;
            services[i] = ServiceDescriptor.Singleton<ConsoleFormatter>(provider =>
                new RedactingFormatter((ConsoleFormatter)ActivatorUtilities.CreateInstance(provider, type), redactor));
        }
    }
}
