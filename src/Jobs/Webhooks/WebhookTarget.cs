namespace Darkroom.Jobs.Webhooks;

/// <summary>An address that is told of every batch: <c>Webhooks:0</c>, <c>Webhooks:1</c> and so on.</summary>
public sealed class WebhookTarget
{
    /// <summary>The http(s) address, under the rules of the section <c>Sources</c>. May hold a secret.</summary>
    public string Url { get; set; } = "";

    /// <summary>What its deliveries are signed with, 16 characters or more; or <see cref="SecretFile"/>, or that of all (<see cref="WebhooksOptions.Secret"/>). A secret.</summary>
    public string? Secret { get; set; }

    /// <summary>A file that holds the secret.</summary>
    public string? SecretFile { get; set; }
}
