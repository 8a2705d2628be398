using Darkroom.Jobs.Editing;

namespace Darkroom.Worker.Configuration;

/// <summary>
/// Where settings come from, the later over the earlier: <c>OPENAI_API_KEY</c> and <c>OPENAI_BASE_URL</c> as everyone expects them, <c>appsettings.json</c> of
/// the current folder, the environment, the command line.
/// </summary>
public static class DarkroomConfiguration
{
    /// <summary>Reads and checks the configuration.</summary>
    /// <param name="folder">Where <c>appsettings.json</c> may lie.</param>
    /// <param name="overrides">What the command line sets, by configuration key.</param>
    /// <exception cref="InvalidConfigurationException">A setting of ours is misspelt or can't be read.</exception>
    public static IConfigurationRoot Load(string folder, IEnumerable<KeyValuePair<string, string?>>? overrides = null)
    {
        var configuration = Read(Path.Combine(folder, "appsettings.json"), overrides ?? []);
        var problems = SettingsCheck.FindProblems(configuration);
        return problems.Count == 0 ? configuration : throw new InvalidConfigurationException(problems);
    }

    private static IConfigurationRoot Read(string file, IEnumerable<KeyValuePair<string, string?>> overrides)
    {
        try
        {
            return new ConfigurationBuilder()
                .AddInMemoryCollection(Conventional())
                .AddJsonFile(file, optional: true, reloadOnChange: false)
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

    private static IEnumerable<KeyValuePair<string, string?>> Conventional()
    {
        foreach (var (variable, key) in new[] { ("OPENAI_API_KEY", nameof(EndpointOptions.ApiKey)), ("OPENAI_BASE_URL", nameof(EndpointOptions.BaseUrl)) })
        {
            if (Environment.GetEnvironmentVariable(variable) is { Length: > 0 } value)
                yield return KeyValuePair.Create($"{EndpointOptions.Section}:{key}", (string?)value);
        }
    }
}
