using System.Collections.ObjectModel;
using System.Text;

namespace Darkroom.Jobs.Costs;

/// <summary>Adds report rows up. Decimals are added, never rounded, so every grouping has the same total to the last digit.</summary>
public static class CostReport
{
    /// <summary>The sum of rows, without keys.</summary>
    public static CostReportRow Total(IEnumerable<CostReportRow> rows) => Sum(rows, ReadOnlyDictionary<string, string?>.Empty);

    /// <summary>Groups rows by fewer dimensions than they have; groups come in the ordinal order of their keys, absent values first.</summary>
    /// <exception cref="KeyNotFoundException">A row has no such dimension.</exception>
    public static IReadOnlyList<CostReportRow> Group(IEnumerable<CostReportRow> rows, IReadOnlyList<ReportDimension> dimensions)
    {
        var names = dimensions.Select(d => d.Name).ToList();
        return [.. rows
            .GroupBy(row => Joined(row, names), StringComparer.Ordinal)
            .OrderBy(group => group.Key, StringComparer.Ordinal)
            .Select(group => Sum(group, names.ToDictionary(name => name, name => group.First().Keys[name], StringComparer.Ordinal)))];
    }

    private static CostReportRow Sum(IEnumerable<CostReportRow> rows, IReadOnlyDictionary<string, string?> keys) => rows.Aggregate(
        new CostReportRow(keys, 0, default, 0m, 0m, 0),
        (sum, row) => sum with
        {
            Items = sum.Items + row.Items,
            Tokens = sum.Tokens + row.Tokens,
            CostUsd = sum.CostUsd + row.CostUsd,
            EstimatedUsd = sum.EstimatedUsd + row.EstimatedUsd,
            UnconfirmedUsd = sum.UnconfirmedUsd + row.UnconfirmedUsd,
            Unpriced = sum.Unpriced + row.Unpriced,
        });

    // U+0000 can't be in a Postgres text, so joined values never run into each other, and it sorts before all else.
    private static string Joined(CostReportRow row, List<string> names)
    {
        var joined = new StringBuilder();
        foreach (var name in names) joined.Append(row.Keys[name] is { } value ? $"\u0001{value}" : "").Append('\0');
        return joined.ToString();
    }
}
