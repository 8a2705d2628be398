using System.Diagnostics;
using Darkroom.Jobs.Editing;
using OpenTelemetry;

namespace Darkroom.Worker.Telemetry;

/// <summary>
/// Takes the secrets out of spans before any exporter sees them. Events and links of a span can't be changed once they are there: a span that would tell a secret by
/// one of those isn't exported.
/// </summary>
internal sealed class RedactingSpanProcessor(Redactor redactor) : BaseProcessor<Activity>
{
    /// <inheritdoc/>
    public override void OnEnd(Activity data)
    {
        foreach (var (name, value) in data.TagObjects.ToList())
        {
            var redacted = redactor.Redact(value);
            if (!ReferenceEquals(redacted, value)) data.SetTag(name, redacted);
        }

        data.DisplayName = redactor.Redact(data.DisplayName);
        if (data.StatusDescription is { } description) data.SetStatus(data.Status, redactor.Redact(description));
        if (data.Events.Any(said => TellsSecret(said.Tags)) || data.Links.Any(link => link.Tags is { } tags && TellsSecret(tags)))
            data.ActivityTraceFlags &= ~ActivityTraceFlags.Recorded;
    }

    private bool TellsSecret(IEnumerable<KeyValuePair<string, object?>> tags) => tags.Any(tag => !ReferenceEquals(redactor.Redact(tag.Value), tag.Value));
}
