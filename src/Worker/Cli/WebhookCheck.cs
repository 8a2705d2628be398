using Darkroom.Jobs.Webhooks;
using Microsoft.Extensions.Options;

namespace Darkroom.Worker.Cli;

/// <summary>Says early what would keep a webhook from being told.</summary>
internal static class WebhookCheck
{
    /// <summary>Requires a secret for a batch's own address.</summary>
    /// <exception cref="CliException">There is none.</exception>
    public static void RequireSecret(IServiceProvider services, string? url)
    {
        if (url is not null && services.GetRequiredService<IOptions<WebhooksOptions>>().Value.SecretFor(url) is null)
            throw new CliException($"--webhook: there is no secret to sign with; set {WebhooksOptions.Section}__{nameof(WebhooksOptions.Secret)} here and for the workers.");
    }
}
