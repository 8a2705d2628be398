using System.Data.Common;
using Darkroom.Jobs.Editing;
using Darkroom.Jobs.Sources;
using Darkroom.Jobs.Webhooks;
using Darkroom.Storage.Images;
using Darkroom.Storage.Postgres;

namespace Darkroom.Worker.Configuration;

/// <summary>Finds the secrets in a configuration, for the <see cref="Redactor"/>.</summary>
internal static class KnownSecrets
{
    private static readonly string[] ConnectionStrings = ["ConnectionStrings:Postgres", "Storage:Azure:ConnectionString"];
    private static readonly string[] SecretWords = ["Password", "Pwd", "Psw", "SSL Password", "AccountKey", "SharedAccessSignature"];

    /// <summary>A redactor that knows them.</summary>
    public static Redactor CreateRedactor(IConfiguration configuration) => new(Find(configuration));

    private static IEnumerable<string> Find(IConfiguration configuration)
    {
        if (configuration[$"{EndpointOptions.Section}:{nameof(EndpointOptions.ApiKey)}"] is { } key) yield return key;
        var sources = configuration.GetSection(SourcesOptions.Section);
        // A scheme in front (Bearer, Basic) may be missing where the secret turns up.
        foreach (var header in sources.GetSection(nameof(SourcesOptions.Headers)).GetChildren().SelectMany(host => host.GetChildren()))
            foreach (var part in (header.Value ?? "").Split(' ')) yield return part;
        var webhooks = configuration.GetSection(WebhooksOptions.Section);
        foreach (var holder in webhooks.GetChildren().Where(WebhooksOptions.IsTarget).Append(webhooks))
            if (WebhooksOptions.ReadIfThere(holder[nameof(WebhookTarget.Secret)], holder[nameof(WebhookTarget.SecretFile)]) is { } secret) yield return secret;
        var store = configuration.GetSection($"{StorageOptions.Section}:Azure");
        foreach (var holder in (string?[])[store[nameof(AzureStorageOptions.SasToken)], Query(store[nameof(AzureStorageOptions.ContainerUri)])])
            foreach (var signature in SignaturesIn(holder)) yield return signature;
        var connections = ConnectionStrings.Select(path => configuration[path]).ToList();
        foreach (var account in sources.GetSection(nameof(SourcesOptions.Azure)).GetChildren())
        {
            connections.Add(account[nameof(AzureAccountOptions.ConnectionString)]);
            foreach (var signature in SignaturesIn(account[nameof(AzureAccountOptions.Sas)])) yield return signature;
        }

        foreach (var part in connections.SelectMany(SecretsIn)) yield return part;
    }

    private static IEnumerable<string> SecretsIn(string? connection)
    {
        if (string.IsNullOrEmpty(connection)) return [];
        try
        {
            if (connection.Contains("://", StringComparison.Ordinal) && !connection.Contains(';', StringComparison.Ordinal)) return SecretsOf(connection);
            var parts = new DbConnectionStringBuilder { ConnectionString = connection };
            return [.. SecretWords.Where(parts.ContainsKey).Select(word => $"{parts[word]}").SelectMany(value => SignaturesIn(value).Append(value))];
        }
        catch (Exception exception) when (exception is ArgumentException or FormatException)
        {
            // It can't be used; whoever uses it says so without repeating it.
            return [connection];
        }
    }

    private static string[] SecretsOf(string address)
    {
        var settings = PostgresAddress.Read(address);
        return [.. new[] { settings.Password, settings.SslPassword }.OfType<string>()];
    }

    private static string? Query(string? address) => address is null ? null : address[(address.IndexOf('?', StringComparison.Ordinal) + 1)..];

    private static IEnumerable<string> SignaturesIn(string? sas) =>
        (sas ?? "").TrimStart('?').Split('&').Where(pair => pair.StartsWith("sig=", StringComparison.OrdinalIgnoreCase)).Select(pair => Uri.UnescapeDataString(pair[4..]));
}
