using System.Globalization;
using Microsoft.Extensions.Configuration;

namespace Darkroom.Jobs.Webhooks;

/// <summary>Who is told of batches: section <c>Webhooks</c>. Set the same for all workers on one database.</summary>
public sealed class WebhooksOptions
{
    /// <summary>The configuration section.</summary>
    public const string Section = "Webhooks";

    /// <summary>Signs deliveries to addresses without a secret of their own, including those of <c>--webhook</c>. A secret.</summary>
    /// <value>16 characters or more</value>
    public string? Secret { get; set; }

    /// <summary>A file that holds <c>Secret</c>.</summary>
    public string? SecretFile { get; set; }

    /// <summary>Who is told of every batch.</summary>
    internal IReadOnlyList<WebhookTarget> Targets { get; set; } = [];

    /// <summary>Reads the numbered targets of the section, which a binder takes for properties.</summary>
    public void ReadTargets(IConfigurationSection section)
    {
        ArgumentNullException.ThrowIfNull(section);
        Targets = [.. section.GetChildren().Where(IsTarget).Select(child => new WebhookTarget
        {
            Url = child[nameof(WebhookTarget.Url)] ?? "",
            Secret = child[nameof(WebhookTarget.Secret)],
            SecretFile = child[nameof(WebhookTarget.SecretFile)],
        })];
    }

    /// <summary>Whether an entry of the section is a target.</summary>
    public static bool IsTarget(IConfigurationSection entry) => int.TryParse(entry?.Key, NumberStyles.None, CultureInfo.InvariantCulture, out _);

    /// <summary>The secret for an address; null when there is none, and then nothing may be sent.</summary>
    /// <exception cref="IOException">A file of a secret can't be read.</exception>
    public string? SecretFor(string url)
    {
        var target = Targets.FirstOrDefault(target => string.Equals(target.Url, url, StringComparison.Ordinal));
        return Read(target?.Secret, target?.SecretFile) ?? Read(Secret, SecretFile);
    }

    /// <summary>A secret, or null when there is none or its file can't be read: whoever needs it says so.</summary>
    internal static string? ReadIfThere(string? secret, string? file)
    {
        try
        {
            return Read(secret, file);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            return null;
        }
    }

    internal static string? Read(string? secret, string? file) =>
        secret is { Length: > 0 } ? secret : file is { Length: > 0 } && File.ReadAllText(file).Trim() is { Length: > 0 } read ? read : null;
}
