using Darkroom.Jobs.Editing;

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
    /// <param name="folder">Where <c>appsettings.json</c> may lie.</param>
    /// <param name="overrides">What the command line sets, by configuration key.</param>
    /// <exception cref="InvalidConfigurationException">A setting of ours is misspelt or can't be read, or the file isn't the user's own.</exception>
    public static IConfigurationRoot Load(string folder, IEnumerable<KeyValuePair<string, string?>>? overrides = null)
    {
        var file = Path.Combine(folder, "appsettings.json");
        FolderSettings.RequireOwn(file);
        var configuration = Read(file, overrides ?? []);
        var problems = SettingsCheck.FindProblems(configuration).Concat(FolderSettings.FindProblems(configuration)).ToList();
        return problems.Count == 0 ? configuration : throw new InvalidConfigurationException(problems);
    }

    private static IConfigurationRoot Read(string file, IEnumerable<KeyValuePair<string, string?>> overrides)
    {
        try
        {
            var secrets = Environment.GetEnvironmentVariable(SecretsVariable);
            return new ConfigurationBuilder()
                .AddInMemoryCollection(Conventional(string.IsNullOrEmpty(secrets) ? UsualSecrets : secrets))
                .AddJsonFile(file, optional: true, reloadOnChange: false)
                .AddUserSecrets(UserSecretsId, reloadOnChange: false)
                .AddKeyPerFile(string.IsNullOrEmpty(secrets) ? UsualSecrets : Path.GetFullPath(secrets), optional: string.IsNullOrEmpty(secrets))
                .AddEnvironmentVariables()
                .AddInMemoryCollection(overrides)
                .Build();
        }
        catch (Exception exception) when (exception is InvalidDataException or IOException or UnauthorizedAccessException)
        {
            // The innermost one has the place; none of them quotes the file.
            throw new InvalidConfigurationException([$"{file}: {exception.GetBaseException().Message}"]);
        }
    }

    private static IEnumerable<KeyValuePair<string, string?>> Conventional(string secrets)
    {
        if (ConventionalKey(secrets) is { Length: > 0 } key) yield return KeyValuePair.Create($"{EndpointOptions.Section}:{nameof(EndpointOptions.ApiKey)}", (string?)key);
        if (Environment.GetEnvironmentVariable("OPENAI_BASE_URL") is { Length: > 0 } address)
            yield return KeyValuePair.Create($"{EndpointOptions.Section}:{nameof(EndpointOptions.BaseUrl)}", (string?)address);
    }

    private static string? ConventionalKey(string secrets)
    {
        if (Environment.GetEnvironmentVariable(KeyVariable) is { Length: > 0 } key) return key;
        var named = Environment.GetEnvironmentVariable(KeyFileVariable);
        var file = string.IsNullOrEmpty(named) ? Path.Combine(secrets, KeyVariable) : named;
        if (string.IsNullOrEmpty(named) && !File.Exists(file)) return null;
        try
        {
            return File.ReadAllText(file).Trim() is { Length: > 0 } text ? text : throw new InvalidConfigurationException([$"{KeyFileVariable} = '{file}': the file is empty."]);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new InvalidConfigurationException([$"{KeyFileVariable} = '{file}': the file can't be read: {exception.Message}"]);
        }
    }
}
