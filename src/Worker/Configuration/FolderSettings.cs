using System.Collections.Concurrent;
using Darkroom.Jobs.Editing;
using Darkroom.Worker.Api;
using Darkroom.Worker.Cli;
using Darkroom.Worker.Machine;

namespace Darkroom.Worker.Configuration;

/// <summary>
/// Keeps an <c>appsettings.json</c> that another user left in the current folder from deciding where keys, catalogues and images go.
/// </summary>
internal static class FolderSettings
{
    private const string BaseUrl = $"{EndpointOptions.Section}:{nameof(EndpointOptions.BaseUrl)}";
    private static readonly string[] EnvironmentOnly = [$"{EndpointOptions.Section}:{nameof(EndpointOptions.AllowInsecure)}", $"{ApiOptions.Section}:{nameof(ApiOptions.AllowInsecure)}"];
    // By the absolute path: a command reads its settings several times and asks once.
    private static readonly ConcurrentDictionary<string, bool> Accepted = new(StringComparer.Ordinal);

    /// <summary>Asks before using a file that another user owns or can write. Without a terminal it refuses the file.</summary>
    /// <exception cref="InvalidConfigurationException">The file must not be used.</exception>
    public static void RequireOwn(string file, CommandSurroundings surroundings)
    {
        if (OperatingSystem.IsWindows() || FindStranger(file) is not { } stranger || Accepted.ContainsKey(file)) return;
        var settings = Describe(file);
        if (!surroundings.CanAsk)
            throw new InvalidConfigurationException([$"{file}: {stranger}, and its settings decide where your key and images go ({settings}). Remove the file, take ownership of it, or run in another folder. At a terminal, Darkroom asks instead."]);
        var terminal = CleanWriter.Before(surroundings.Error);
        terminal.Write($"{file}: {stranger}, and its settings decide where your key and images go ({settings}). Use it? [y/N] ");
        if (surroundings.ReadLine()?.Trim() is not ("y" or "Y" or "yes")) throw new InvalidConfigurationException([$"{file} isn't used: {stranger}."]);
        Accepted[file] = true;
    }

    /// <summary>Finds settings that only the environment may make: a file in a folder must not lift the protection of a key.</summary>
    public static IEnumerable<string> FindProblems(IConfigurationRoot configuration) =>
        from provider in configuration.Providers.OfType<FileConfigurationProvider>()
        from setting in EnvironmentOnly
        where provider.TryGet(setting, out _)
        select $"{setting}: set it in the environment ({setting.Replace(":", "__", StringComparison.Ordinal)}), not in {provider.Source.Path}.";

    /// <summary>Says where edits go if a file in the current folder decided that; else null.</summary>
    public static string? FindNotice(IConfiguration configuration) =>
        configuration is IConfigurationRoot root
        && root.Providers.LastOrDefault(provider => provider.TryGet(BaseUrl, out _)) is FileConfigurationProvider { Source: { Path: "appsettings.json" } source }
            ? $"Edits go to {root[BaseUrl]} ({BaseUrl} in {source.FileProvider?.GetFileInfo(source.Path!).PhysicalPath ?? source.Path})."
            : null;

    private static string? FindStranger(string file)
    {
        try
        {
            if (FileFacts.Of(file) is not { } facts || FileFacts.Behind(file) is not { } target) return null;
            foreach (var owner in (uint[])[facts.Owner, target.Owner])
                if (owner != 0 && owner != FileFacts.Self) return $"it belongs to another user ({owner})";
            // Group write is common where each user has a group of his own.
            return target.Rights.HasFlag(UnixFileMode.OtherWrite) ? "every user can write in it" : null;
        }
        catch (IOException exception)
        {
            return $"its owner can't be told ({exception.Message})";
        }
    }

    // Only the endpoint's address is shown with its value: other values may be secrets.
    private static string Describe(string file)
    {
        try
        {
            var settings = new ConfigurationBuilder().AddJsonFile(file, optional: true, reloadOnChange: false).Build();
            var others = settings.AsEnumerable().Where(setting => setting.Value is not null && setting.Key != BaseUrl).Select(setting => setting.Key).Order(StringComparer.Ordinal).Take(10).ToList();
            if (settings[BaseUrl] is { } address) others.Insert(0, $"{BaseUrl} = {SecretScrubber.Scrub(address)}");
            return others.Count == 0 ? "no settings" : string.Join(", ", others);
        }
        catch (Exception exception) when (exception is InvalidDataException or IOException or UnauthorizedAccessException)
        {
            return "it can't be read";
        }
    }
}
