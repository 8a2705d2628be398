using Darkroom.Jobs.Sources;
using Microsoft.Extensions.Options;

namespace Darkroom.Jobs.Webhooks;

/// <summary>Refuses targets without an address or a secret. Repeats neither.</summary>
public sealed class WebhooksOptionsValidator : IValidateOptions<WebhooksOptions>
{
    /// <summary>The least characters of a secret.</summary>
    public const int MinSecret = 16;

    /// <inheritdoc/>
    public ValidateOptionsResult Validate(string? name, WebhooksOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        var faults = new List<string>();
        if (FaultOf(options.Secret, options.SecretFile) is { } own) faults.Add($"{WebhooksOptions.Section}:{own}");
        for (var at = 0; at < options.Targets.Count; at++)
        {
            var (target, key) = (options.Targets[at], $"{WebhooksOptions.Section}:{at}");
            if (!Uri.TryCreate(target.Url, UriKind.Absolute, out var address)) faults.Add($"{key}:{nameof(target.Url)}: must be an http or https address.");
            else if (GuardedHandler.FaultOf(address) is { } fault) faults.Add($"{key}:{nameof(target.Url)}: {fault}.");
            if (FaultOf(target.Secret, target.SecretFile) is { } wrong) faults.Add($"{key}:{wrong}");
            else if (target is { Secret: not { Length: > 0 }, SecretFile: not { Length: > 0 } } && options is { Secret: not { Length: > 0 }, SecretFile: not { Length: > 0 } })
                faults.Add($"{key}:{nameof(target.Secret)}: must be set, or {nameof(target.SecretFile)}, or {WebhooksOptions.Section}:{nameof(options.Secret)} for all.");
        }

        return faults.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(faults);
    }

    private static string? FaultOf(string? secret, string? file)
    {
        if (secret is not { Length: > 0 } && file is not { Length: > 0 }) return null;
        if (secret is { Length: > 0 } && file is { Length: > 0 }) return "Secret: SecretFile is set as well; give one of them.";
        var key = secret is { Length: > 0 } ? "Secret" : "SecretFile";
        try
        {
            return (WebhooksOptions.Read(secret, file)?.Length ?? 0) < MinSecret ? $"{key}: must hold at least {MinSecret} characters." : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            return $"{key}: the file can't be read: {e.Message}";
        }
    }
}
