using System.ComponentModel.DataAnnotations;
using System.Globalization;
using System.Reflection;
using System.Text;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using Darkroom.Jobs.Webhooks;
using Darkroom.Worker.Configuration;

namespace Darkroom.Worker.Tests.Docs;

/// <summary>
/// docs/configuration.md has a table for each section that the program binds: keys and defaults come from the options classes, allowed values from
/// <see cref="RangeAttribute"/> or the comment's <c>value</c>, meanings from the comment's <c>summary</c>.
/// </summary>
public sealed partial class ConfigurationDocTests
{
    private static readonly Dictionary<Assembly, Dictionary<string, XElement>> Comments = [];

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public Task Configuration_HasEveryKeyOfTheOptionsClasses() => GeneratedPage.ShouldHoldAsync("docs/configuration.md", Write(), Cancel);

    [Fact]
    public void EveryKey_HasAMeaning() =>
        Sections().SelectMany(section => Settings(section.Prefix, section.Type)).Where(setting => setting.Meaning.Length == 0).Select(setting => setting.Key).ShouldBeEmpty();

    /// <summary>Every key in its environment form, for the tests of other pages.</summary>
    internal static IReadOnlySet<string> Keys() => Sections().SelectMany(section => Settings(section.Prefix, section.Type)).Select(setting => setting.Key).ToHashSet(StringComparer.Ordinal);

    private static string Write()
    {
        var page = new StringBuilder();
        foreach (var (prefix, type, owner) in Sections())
        {
            var settings = Settings(prefix, type);
            if (settings.Count == 0) continue;
            page.Append(CultureInfo.InvariantCulture, $"## {prefix.Replace("__", ":", StringComparison.Ordinal)}\n\n{GeneratedPage.Wrap(Section().Replace(Summary(owner, $"T:{owner.FullName}"), ""))}\n\n");
            page.Append("| key | value | default | meaning |\n|---|---|---|---|\n");
            foreach (var setting in settings)
                page.Append(CultureInfo.InvariantCulture, $"| `{setting.Key}` | {GeneratedPage.Cell(setting.Values)} | {GeneratedPage.Cell(setting.Default)} | {GeneratedPage.Cell(setting.Meaning)} |\n");
            page.Append('\n');
        }

        return page.ToString();
    }

    // Each section, and behind it the sections inside it; the owner is the class whose comment speaks of the section.
    private static IEnumerable<(string Prefix, Type Type, Type Owner)> Sections()
    {
        foreach (var (name, type) in SettingsCheck.Sections.OrderBy(section => section.Key, StringComparer.Ordinal))
        {
            if (type.BaseType is { IsGenericType: true } map && map.GetGenericTypeDefinition() == typeof(Dictionary<,>)) yield return ($"{name}__GROUP", map.GetGenericArguments()[1], type);
            else yield return (name, type, type);
            foreach (var property in Written(type))
            {
                if (IsOurs(property.PropertyType)) yield return ($"{name}__{property.Name}", property.PropertyType, property.PropertyType);
                else if (EntryOf(property.PropertyType) is { } entry && IsOurs(entry)) yield return ($"{name}__{property.Name}__NAME", entry, entry);
            }

            if (type == typeof(WebhooksOptions)) yield return ($"{name}__0", typeof(WebhookTarget), typeof(WebhookTarget));
        }
    }

    private static List<Setting> Settings(string prefix, Type type)
    {
        var instance = Activator.CreateInstance(type)!;
        return [.. Written(type).Where(property => !IsOurs(property.PropertyType) && (EntryOf(property.PropertyType) is not { } entry || !IsOurs(entry))).Select(property =>
        {
            var member = $"P:{property.DeclaringType!.FullName}.{property.Name}";
            var range = property.GetCustomAttribute<RangeAttribute>() is { } limits ? RangeOf(limits) : Text(Comment(type, member)?.Element("value"));
            return new Setting($"{prefix}__{property.Name}{Suffix(property.PropertyType)}", range.Length > 0 ? $"{Kind(property.PropertyType)}, {range}" : Kind(property.PropertyType), Shown(property.GetValue(instance)), Summary(type, member));
        })];
    }

    // Maps hold themselves, not properties.
    private static IEnumerable<PropertyInfo> Written(Type type) =>
        type.GetProperties(BindingFlags.Public | BindingFlags.Instance | BindingFlags.DeclaredOnly).Where(property => property.CanWrite && property.GetIndexParameters().Length == 0);

    private static bool IsOurs(Type type) => type.IsClass && type.Namespace?.StartsWith("Darkroom.", StringComparison.Ordinal) == true;

    private static Type? EntryOf(Type type) =>
        type.IsGenericType && (type.GetGenericTypeDefinition() == typeof(IList<>) || type.GetGenericTypeDefinition() == typeof(IDictionary<,>)) ? type.GetGenericArguments()[^1] : null;

    private static string Suffix(Type type) => EntryOf(type) is not { } entry ? "" : type.GetGenericTypeDefinition() == typeof(IList<>) ? "__0" : $"__{(EntryOf(entry) is null ? "NAME" : "HOST__NAME")}";

    private static string Kind(Type type) => (Nullable.GetUnderlyingType(type) ?? type) switch
    {
        var t when t == typeof(TimeSpan) => "time",
        var t when t == typeof(int) || t == typeof(long) => "whole number",
        var t when t == typeof(double) || t == typeof(decimal) => "number",
        var t when t == typeof(bool) => "true, false",
        var t when t == typeof(string) || EntryOf(t) is not null => "text",
        var t => t.Name,
    };

    private static string RangeOf(RangeAttribute range) => range.Maximum is double.MaxValue or int.MaxValue || $"{range.Maximum}" == $"{(double)long.MaxValue}"
        ? $"{Bound(range.Minimum)} or more"
        : $"{Bound(range.Minimum)} to {Bound(range.Maximum)}";

    private static string Bound(object bound) => bound is IFormattable number ? number.ToString("#,0.###", CultureInfo.InvariantCulture) : $"{bound}".TrimStart('0', ':').Length == 0 ? "0" : $"`{bound}`";

    private static string Shown(object? value) => value switch
    {
        null or "" => "",
        TimeSpan time => $"`{(time.Ticks % TimeSpan.TicksPerSecond == 0 ? $"{time:c}" : $"{time:c}".TrimEnd('0'))}`",
        bool flag => flag ? "`true`" : "`false`",
        string or IFormattable => $"`{Convert.ToString(value, CultureInfo.InvariantCulture)}`",
        _ => "",
    };

    private static string Summary(Type type, string member) => Text(Comment(type, member)?.Element("summary"));

    private static XElement? Comment(Type type, string member)
    {
        if (!Comments.TryGetValue(type.Assembly, out var comments))
        {
            comments = XDocument.Load(Path.ChangeExtension(type.Assembly.Location, ".xml")).Descendants("member").ToDictionary(element => element.Attribute("name")!.Value, StringComparer.Ordinal);
            Comments[type.Assembly] = comments;
        }

        return comments.GetValueOrDefault(member);
    }

    private static string Text(XElement? comment) => comment is null ? "" : Blanks().Replace(string.Concat(comment.Nodes().Select(node => node switch
    {
        XText text => text.Value,
        XElement { Name.LocalName: "c" } code => $"`{code.Value}`",
        XElement see when see.Attribute("cref") is { } cref => $"`{cref.Value[(cref.Value.LastIndexOf('.') + 1)..]}`",
        _ => node.ToString(),
    })), " ").Trim();

    // The heading says it.
    [GeneratedRegex(@": section `[^`]+`(?=\.|,)", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Section();

    [GeneratedRegex(@"\s+", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Blanks();

    private sealed record Setting(string Key, string Values, string Default, string Meaning);
}
