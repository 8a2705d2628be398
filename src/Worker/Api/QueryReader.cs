using System.Globalization;
using Darkroom.Jobs.Batches;
using Darkroom.Jobs.Browsing;
using Darkroom.Worker.Cli;

namespace Darkroom.Worker.Api;

/// <summary>Reads query strings; what can't be used is a problem with the parameter's name.</summary>
internal static class QueryReader
{
    private const int DefaultLimit = 50;
    private const int MaxText = 500;

    public static PageRequest Page(string? after, string? limit)
    {
        var wanted = DefaultLimit;
        if (limit is not null && (!int.TryParse(limit, NumberStyles.None, CultureInfo.InvariantCulture, out wanted) || wanted is < 1 or > PageRequest.MaxLimit))
            throw Problems.BadField("limit", $"must be a whole number from 1 to {PageRequest.MaxLimit}");
        return new PageRequest(Text(after, "after"), wanted);
    }

    public static IReadOnlyCollection<BatchState> BatchStates(string[]? given) => States<BatchState>(given, state => state.ToName());

    public static IReadOnlyCollection<ItemState> ItemStates(string[]? given) => States<ItemState>(given, state => state.ToName());

    /// <summary>A tag, <c>NAME=VALUE</c>.</summary>
    public static TagFilter? Tag(string? tag)
    {
        if (Text(tag, "tag") is not { } text) return null;
        var at = text.IndexOf('=', StringComparison.Ordinal);
        return at > 0 ? new TagFilter(text[..at], text[(at + 1)..]) : throw Problems.BadField("tag", "must be NAME=VALUE");
    }

    /// <summary>A text of a bounded length. The door has looked at its characters.</summary>
    public static string? Text(string? text, string field)
    {
        if (string.IsNullOrEmpty(text)) return null;
        return text.Length > MaxText ? throw Problems.BadField(field, $"has more than {MaxText} characters") : text;
    }

    /// <summary>A day.</summary>
    public static DateOnly? Day(string? text, string field)
    {
        try
        {
            return ReportCommand.Day(text, field);
        }
        catch (CliException)
        {
            throw Problems.BadField(field, "must be a day such as 2026-11-22");
        }
    }

    // Comma-separated or repeated.
    private static List<T> States<T>(string[]? given, Func<T, string> nameOf) where T : struct, Enum
    {
        var states = new List<T>();
        foreach (var name in (given ?? []).SelectMany(text => text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)))
        {
            var known = Enum.GetValues<T>().Where(state => nameOf(state) == name).ToList();
            if (known.Count == 0) throw Problems.BadField("state", $"must be among {string.Join(", ", Enum.GetValues<T>().Select(nameOf))}");
            states.Add(known[0]);
        }

        return states;
    }
}
