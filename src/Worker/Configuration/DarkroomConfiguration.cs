using Darkroom.Jobs.Editing;
using Darkroom.Jobs.Webhooks;
using Darkroom.Storage.Images;
using Darkroom.Worker.Machine;

namespace Darkroom.Worker.Configuration;

/// <summary>
/// Where settings come from, the later over the earlier: <c>OPENAI_API_KEY</c> (or the file that <c>OPENAI_API_KEY_FILE</c> names) and <c>OPENAI_BASE_URL</c> as
/// everyone expects them, <c>appsettings.json</c> of the current folder, .NET's user secrets under the id <c>darkroom</c>, a folder of secrets with a file a
/// setting, the environment, the command line.
/// </summary>
public static class DarkroomConfiguration
{
    /// <summary>Names the folder of secrets; <c>/run/secrets</c> unless set, and then it has to be there.</summary>
    public const string SecretsVariable = "DARKROOM_SECRETS";

    private const string UsualSecrets = "/run/secrets";
    private const string UserSecretsId = "darkroom";
    private const string KeyVariable = "OPENAI_API_KEY";
    private const string KeyFileVariable = "OPENAI_API_KEY_FILE";

    /// <summary>Reads and checks the configuration.</summary>
    /// <param name="surroundings">The folder where <c>appsettings.json</c> may lie, the environment, and the person who is asked about a stranger's file.</param>
    /// <param name="overrides">What the command line sets, by configuration key.</param>
    /// <exception cref="InvalidConfigurationException">A setting of ours is misspelt or can't be read, or the file isn't the user's own.</exception>
    public static IConfigurationRoot Load(CommandSurroundings surroundings, IEnumerable<KeyValuePair<string, string?>>? overrides = null)
    {
        var file = Path.Combine(surroundings.Folder, "appsettings.json");
        FolderSettings.RequireOwn(file, surroundings);
        var configuration = Read(file, surroundings, overrides ?? []);
        var problems = SettingsCheck.FindProblems(configuration).Concat(FolderSettings.FindProblems(configuration)).ToList();
        return problems.Count == 0 ? configuration : throw new InvalidConfigurationException(problems);
    }

    private static IConfigurationRoot Read(string file, CommandSurroundings surroundings, IEnumerable<KeyValuePair<string, string?>> overrides)
    {
        try
        {
            var named = surroundings.Variable(SecretsVariable);
            var secrets = surroundings.PathOf(named ?? UsualSecrets);
            var configuration = new ConfigurationBuilder()
                .AddInMemoryCollection(Conventional(surroundings, secrets))
                .AddJsonFile(file, optional: true, reloadOnChange: false)
                .AddUserSecrets(UserSecretsId, reloadOnChange: false)
                .AddKeyPerFile(secrets, optional: named is null)
                .Add(new EnvironmentSettings(surroundings.Variables))
                .AddInMemoryCollection(overrides);
            // Over them all, paths as they are meant in the current folder.
            var read = configuration.Build();
            return AbsolutePaths(read, surroundings) is { Count: > 0 } paths ? configuration.AddInMemoryCollection(paths).Build() : read;
        }
        catch (Exception exception) when (exception is InvalidDataException or IOException or UnauthorizedAccessException)
        {
            // The innermost one has the place; none of them quotes the file.
            throw new InvalidConfigurationException([$"{file}: {exception.GetBaseException().Message}"]);
        }
    }

    private static List<KeyValuePair<string, string?>> AbsolutePaths(IConfiguration configuration, CommandSurroundings surroundings)
    {
        var webhooks = configuration.GetSection(WebhooksOptions.Section);
        var azure = configuration.GetSection($"{StorageOptions.Section}:Azure");
        IEnumerable<string> paths =
        [
            $"Models:{nameof(ModelSettings.Book)}",
            $"{StorageOptions.Section}:{nameof(StorageOptions.Path)}",
            $"{azure.Path}:{nameof(AzureStorageOptions.SasTokenFile)}",
            .. webhooks.GetChildren().Where(WebhooksOptions.IsTarget).Append(webhooks).Select(holder => $"{holder.Path}:{nameof(WebhooksOptions.SecretFile)}"),
        ];
        return [.. from path in paths where configuration[path] is { Length: > 0 } value && !Path.IsPathFullyQualified(value) select KeyValuePair.Create(path, (string?)surroundings.PathOf(configuration[path]!))];
    }

    private static IEnumerable<KeyValuePair<string, string?>> Conventional(CommandSurroundings surroundings, string secrets)
    {
        if (ConventionalKey(surroundings, secrets) is { Length: > 0 } key) yield return KeyValuePair.Create($"{EndpointOptions.Section}:{nameof(EndpointOptions.ApiKey)}", (string?)key);
        if (surroundings.Variable("OPENAI_BASE_URL") is { } address)
            yield return KeyValuePair.Create($"{EndpointOptions.Section}:{nameof(EndpointOptions.BaseUrl)}", (string?)address);
    }

    private static string? ConventionalKey(CommandSurroundings surroundings, string secrets)
    {
        if (surroundings.Variable(KeyVariable) is { } key) return key;
        var named = surroundings.Variable(KeyFileVariable);
        var file = named is null ? Path.Combine(secrets, KeyVariable) : surroundings.PathOf(named);
        if (named is null && !File.Exists(file)) return null;
        try
        {
            return File.ReadAllText(file).Trim() is { Length: > 0 } text ? text : throw new InvalidConfigurationException([$"{KeyFileVariable} = '{named ?? file}': the file is empty."]);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new InvalidConfigurationException([$"{KeyFileVariable} = '{named ?? file}': the file can't be read: {exception.Message}"]);
        }
    }
}
