using System.Collections.Concurrent;
using Darkroom.Jobs.Editing;
using Darkroom.Worker.Api;
using Darkroom.Worker.Cli;
using Darkroom.Worker.Machine;

namespace Darkroom.Worker.Configuration;

/// <summary>
/// Keeps an <c>appsettings.json</c> that somebody else left in the current folder from deciding where a key, a catalogue and its images go.
/// </summary>
internal static class FolderSettings
{
    private const string BaseUrl = $"{EndpointOptions.Section}:{nameof(EndpointOptions.BaseUrl)}";
    private static readonly string[] EnvironmentOnly = [$"{EndpointOptions.Section}:{nameof(EndpointOptions.AllowInsecure)}", $"{ApiOptions.Section}:{nameof(ApiOptions.AllowInsecure)}"];
    // By the absolute path: a command reads its settings several times and asks once.
    private static readonly ConcurrentDictionary<string, bool> Accepted = new(StringComparer.Ordinal);

    /// <summary>Asks before a file is used that another user owns or can write; refuses it where nobody can be asked.</summary>
    /// <exception cref="InvalidConfigurationException">It isn't to be used.</exception>
    public static void RequireOwn(string file, CommandSurroundings surroundings)
    {
        if (OperatingSystem.IsWindows() || FindStranger(file) is not { } stranger || Accepted.ContainsKey(file)) return;
        var settings = Describe(file);
        if (!surroundings.CanAsk)
            throw new InvalidConfigurationException([$"{file}: {stranger}, and it steers where your key and your images go ({settings}). Remove it, make it your own, or run in another folder; at a terminal you are asked."]);
        var terminal = CleanWriter.Before(surroundings.Error);
        terminal.Write($"{file}: {stranger}, and it steers where your key and your images go ({settings}). Use it? [y/N] ");
        if (surroundings.ReadLine()?.Trim() is not ("y" or "Y" or "yes")) throw new InvalidConfigurationException([$"{file} isn't used: {stranger}."]);
        Accepted[file] = true;
    }

    /// <summary>Finds settings that only the environment may make, since a file in a folder must not lift what protects a key.</summary>
    public static IEnumerable<string> FindProblems(IConfigurationRoot configuration) =>
        from provider in configuration.Providers.OfType<FileConfigurationProvider>()
        from setting in EnvironmentOnly
        where provider.TryGet(setting, out _)
        select $"{setting}: it is read from the environment only ({setting.Replace(":", "__", StringComparison.Ordinal)}), not from {provider.Source.Path}.";

    /// <summary>What to tell the user about where edits go, when a file in the current folder decided it; else null.</summary>
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
            // A group of one's own may write on many systems; everybody may not.
            return target.Rights.HasFlag(UnixFileMode.OtherWrite) ? "every user can write in it" : null;
        }
        catch (IOException exception)
        {
            return $"its owner can't be told ({exception.Message})";
        }
    }

    // The endpoint's address is worth showing; of the rest the names say enough, and a value may be a secret.
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
