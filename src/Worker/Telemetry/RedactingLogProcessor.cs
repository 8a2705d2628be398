using Darkroom.Jobs.Editing;
using OpenTelemetry;
using OpenTelemetry.Logs;

namespace Darkroom.Worker.Telemetry;

/// <summary>
/// Takes the secrets out of log records before any exporter sees them: text, attributes and exceptions, of our own code and of every library's. What the console
/// doesn't tell, a collector isn't told either. Scopes lose theirs in <see cref="RedactingScopes"/>.
/// </summary>
internal sealed class RedactingLogProcessor(Redactor redactor) : BaseProcessor<LogRecord>
{
    /// <inheritdoc/>
    public override void OnEnd(LogRecord data)
    {
        if (data.Body is { } body) data.Body = redactor.Redact(body);
        if (data.FormattedMessage is { } message) data.FormattedMessage = redactor.Redact(message);
        if (data.Attributes is { } attributes) data.Attributes = redactor.Redact(attributes);
        if (data.Exception is not { } exception) return;
        // An exception can't be rewritten; it is told by the attributes that an exporter would have made of it.
        data.Exception = null;
        data.Attributes =
        [
            .. data.Attributes ?? [],
            new("exception.type", exception.GetType().FullName),
            new("exception.message", redactor.Redact(exception.Message)),
            new("exception.stacktrace", redactor.Redact(exception.ToString())),
        ];
    }
}
