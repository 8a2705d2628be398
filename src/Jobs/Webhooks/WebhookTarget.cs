namespace Darkroom.Jobs.Webhooks;

/// <summary>An address that is told of every batch: <c>Webhooks:0</c>, <c>Webhooks:1</c> and so on.</summary>
public sealed class WebhookTarget
{
    /// <summary>The http or https address; the rules of section <c>Sources</c> apply. May hold a secret.</summary>
    public string Url { get; set; } = "";

    /// <summary>Signs the deliveries to this address. When not set: <c>Webhooks__Secret</c>. A secret.</summary>
    /// <value>16 characters or more</value>
    public string? Secret { get; set; }

    /// <summary>A file that holds the secret.</summary>
    public string? SecretFile { get; set; }
}
