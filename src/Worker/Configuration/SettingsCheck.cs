using System.ComponentModel;
using System.Reflection;
using Darkroom.Jobs.Costs;
using Darkroom.Jobs.Editing;
using Darkroom.Jobs.Estimates;
using Darkroom.Jobs.Housekeeping;
using Darkroom.Jobs.Manifests.Planning;
using Darkroom.Jobs.Retention;
using Darkroom.Jobs.Reuse;
using Darkroom.Jobs.Running;
using Darkroom.Jobs.Sources;
using Darkroom.Jobs.Throttling;
using Darkroom.Jobs.Webhooks;
using Darkroom.Storage.Images;
using Darkroom.Worker.Api;

namespace Darkroom.Worker.Configuration;

/// <summary>
/// Finds settings in our sections that no option has, and values that can't be read. The framework's binder would pass over the first and name no place for the
/// second. What a value may be beyond its type is the validators' to say.
/// </summary>
internal static class SettingsCheck
{
    internal static readonly Dictionary<string, Type> Sections = new(StringComparer.OrdinalIgnoreCase)
    {
        [EndpointOptions.Section] = typeof(EndpointOptions),
        [BreakerOptions.Section] = typeof(BreakerOptions),
        [BudgetOptions.Section] = typeof(BudgetOptions),
        [LimitsOptions.Section] = typeof(LimitsOptions),
        [WorkerOptions.Section] = typeof(WorkerOptions),
        [StorageOptions.Section] = typeof(StorageOptions),
        [CostOptions.Section] = typeof(CostOptions),
        [HousekeepingOptions.Section] = typeof(HousekeepingOptions),
        [ReuseOptions.Section] = typeof(ReuseOptions),
        [SourcesOptions.Section] = typeof(SourcesOptions),
        [RetentionOptions.Section] = typeof(RetentionOptions),
        [ApiOptions.Section] = typeof(ApiOptions),
        [WebhooksOptions.Section] = typeof(WebhooksOptions),
        ["ConnectionStrings"] = typeof(ConnectionSettings),
        ["Models"] = typeof(ModelSettings),
    };

    // Settings that there were, and what became of them.
    private static readonly Dictionary<string, string> Gone = new(StringComparer.OrdinalIgnoreCase)
    {
        ["Engine:Kind"] = "there is no choice of engine any more: Hangfire carries the jobs. Remove the setting.",
        ["Engine:TakeOver"] = "there is no choice of engine any more: Hangfire carries the jobs. Remove the setting.",
        ["Worker:MaxLanes"] = "the setting is called Worker:MaxBatches now.",
    };

    private static readonly string[] Secrets = ["ApiKey", "ConnectionString", "Postgres", "SasToken"];
    private static readonly string[] SecretWords = ["key", "secret", "password", "token", "connection", "header", "sas", "webhook"];

    public static IReadOnlyList<string> FindProblems(IConfiguration configuration)
    {
        var problems = new List<string>();
        foreach (var (key, became) in Gone)
            if (configuration[key] is not null) problems.Add($"{key}: {became}");
        foreach (var section in configuration.GetChildren())
        {
            if (Sections.TryGetValue(section.Key, out var type)) Check(section, type, problems);
            else if (section.GetChildren().Any() && NearestName.Find(section.Key, Sections.Keys) is { } meant && !IsForeign(section.Key))
                problems.Add($"{section.GetChildren().First().Path}: there is no section '{section.Key}'; did you mean {meant}?");
            else if (section.Value is not null && IsSingleUnderscored(section.Key))
                problems.Add($"{section.Key}: a setting's variable has two underscores between its parts: {section.Key.Replace("_", "__", StringComparison.Ordinal)}.");
        }

        return problems;
    }

    // Budgets_DayUsd for Budgets__DayUsd. Only in our own spelling: STORAGE_PATH may well be somebody else's.
    private static bool IsSingleUnderscored(string key)
    {
        var parts = key.Split('_');
        if (parts.Length < 2 || Sections.FirstOrDefault(section => section.Key.Equals(parts[0], StringComparison.Ordinal)).Value is not { } type) return false;
        var (owner, name) = type == typeof(LimitsOptions) ? (typeof(GroupLimits), parts[^1]) : (type, parts[1]);
        return owner.GetProperty(name, BindingFlags.Public | BindingFlags.Instance) is { CanWrite: true };
    }

    // Sections of .NET's own that lie near one of ours in spelling.
    private static bool IsForeign(string key) => key is "Logging" or "Kestrel" or "AllowedHosts" or "Urls";

    private static void Check(IConfigurationSection section, Type type, List<string> problems)
    {
        if (type == typeof(LimitsOptions))
        {
            foreach (var group in section.GetChildren()) CheckGroup(group, problems);
            return;
        }

        if (ElementOf(type) is { } element)
        {
            foreach (var entry in section.GetChildren()) CheckEntry(entry, element, problems);
            return;
        }

        var properties = type.GetProperties(BindingFlags.Public | BindingFlags.Instance).Where(property => property.CanWrite).ToList();
        foreach (var setting in section.GetChildren())
        {
            var property = properties.Find(property => string.Equals(property.Name, setting.Key, StringComparison.OrdinalIgnoreCase));
            if (Gone.ContainsKey(setting.Path)) continue;
            if (type == typeof(WebhooksOptions) && WebhooksOptions.IsTarget(setting)) Check(setting, typeof(WebhookTarget), problems);
            else if (property is null)
                problems.Add($"{setting.Path} = {Shown(setting)}: there is no such setting{NearestName.Hint(setting.Key, properties.Select(p => p.Name)).TrimEnd('?')}; {section.Path} has {string.Join(", ", properties.Select(p => p.Name))}.");
            else if (setting.GetChildren().Any()) Check(setting, property.PropertyType, problems);
            else if (ElementOf(property.PropertyType) is not null)
            {
                if (setting.Value is { Length: > 0 }) problems.Add($"{setting.Path}: must have entries below it, such as {setting.Path}:{(property.PropertyType.GetGenericArguments().Length == 1 ? "0" : "NAME")}.");
            }
            else if (setting.Value is { Length: > 0 } value && !CanRead(value, property.PropertyType)) problems.Add($"{setting.Path} = {Shown(setting)}: must be {Kind(property.PropertyType)}.");
        }
    }

    // Of lists and maps: what their keys are is the user's, or a number.
    private static Type? ElementOf(Type type) => type.IsGenericType && type.GetGenericTypeDefinition() is var generic && (generic == typeof(IList<>) || generic == typeof(IDictionary<,>))
        ? type.GetGenericArguments()[^1]
        : null;

    private static void CheckEntry(IConfigurationSection entry, Type element, List<string> problems)
    {
        var isText = element == typeof(string);
        if (isText == entry.GetChildren().Any()) problems.Add($"{entry.Path}: {(isText ? "must be a text, with nothing below it" : "must have settings below it, not a text")}.");
        else if (!isText) Check(entry, element, problems);
    }

    // A limit without a group, or for a group that is Default misspelt, would limit nothing, and nobody would know.
    private static void CheckGroup(IConfigurationSection group, List<string> problems)
    {
        if (group.Value is { Length: > 0 } value)
            problems.Add($"{group.Path} = '{value}': limits belong to a group, such as {LimitsOptions.Section}:{LimitsOptions.DefaultGroup}:{nameof(GroupLimits.ImagesPerMinute)}.");
        else if (!group.Key.Equals(LimitsOptions.DefaultGroup, StringComparison.OrdinalIgnoreCase) && NearestName.Find(group.Key, [LimitsOptions.DefaultGroup]) is { } meant)
            problems.Add($"{group.GetChildren().First().Path}: there is no limits group '{group.Key}'; did you mean {meant}?");
        else Check(group, typeof(GroupLimits), problems);
    }

    // A secret under a misspelt name is still one; its name, or its looks, give it away.
    private static string Shown(IConfigurationSection setting) =>
        NearestName.Find(setting.Key, Secrets) is not null
        || SecretWords.Any(word => setting.Path.Contains(word, StringComparison.OrdinalIgnoreCase))
        || (setting.Value is { } value && SecretScrubber.CutSecrets(value) != value)
            ? "(secret)"
            : $"'{setting.Value}'";

    private static bool CanRead(string value, Type type)
    {
        try
        {
            return TypeDescriptor.GetConverter(type).ConvertFromInvariantString(value) is not null;
        }
        catch (Exception exception) when (exception is FormatException or ArgumentException or NotSupportedException or OverflowException)
        {
            return false;
        }
    }

    private static string Kind(Type type) => (Nullable.GetUnderlyingType(type) ?? type) switch
    {
        var t when t == typeof(int) || t == typeof(long) => "a whole number",
        var t when t == typeof(double) || t == typeof(decimal) => "a number",
        var t when t == typeof(bool) => "true or false",
        var t when t == typeof(Uri) => "an address",
        var t when t == typeof(TimeSpan) => "a time such as 00:05:00",
        var t => t.Name,
    };
}
