using System.Globalization;

namespace Darkroom.Worker.Tests.Faults;

/// <summary>What a run, or many of them, came to.</summary>
/// <param name="Runs">How many.</param>
/// <param name="Steps">What befell them, by kind.</param>
/// <param name="Items">Items submitted.</param>
/// <param name="Lost">Items without their outputs that nobody holds.</param>
/// <param name="Held">Items that wait for a person.</param>
/// <param name="Billed">Calls that the simulator billed.</param>
/// <param name="Reported">Of these, in the ledger with their usage.</param>
/// <param name="Unconfirmed">Rows of the ledger for calls of unknown outcome.</param>
/// <param name="UnconfirmedBilled">Of these, how many were billed in truth.</param>
/// <param name="Adopted">Attempts whose images were found after their worker's death.</param>
/// <param name="Twice">Billings beyond an item's first, by what made the outcome of the one before unknown.</param>
/// <param name="Halts">Halts that were resumed.</param>
/// <param name="Takeover">The longest.</param>
internal sealed record FaultSummary(
    int Runs, IReadOnlyDictionary<string, int> Steps, int Items, int Lost, int Held, int Billed, int Reported, int Unconfirmed, int UnconfirmedBilled, int Adopted,
    IReadOnlyDictionary<string, int> Twice, int Halts, TimeSpan Takeover)
{
    /// <summary>Both together.</summary>
    public FaultSummary Plus(FaultSummary other) => new(
        Runs + other.Runs, Sum(Steps, other.Steps), Items + other.Items, Lost + other.Lost, Held + other.Held, Billed + other.Billed, Reported + other.Reported,
        Unconfirmed + other.Unconfirmed, UnconfirmedBilled + other.UnconfirmedBilled, Adopted + other.Adopted, Sum(Twice, other.Twice), Halts + other.Halts,
        Takeover > other.Takeover ? Takeover : other.Takeover);

    /// <inheritdoc/>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture,
        $"{Text(Steps)}; {Items} items, {Lost} lost, {Held} held; billed {Billed} = {Reported} reported + {UnconfirmedBilled} of {Unconfirmed} unconfirmed; "
        + $"billed again {Twice.Values.Sum()}{(Twice.Count == 0 ? "" : $" (after {Text(Twice)})")}; adopted {Adopted}; halts {Halts}; longest takeover {Takeover.TotalSeconds:0.0} s");

    private static string Text(IReadOnlyDictionary<string, int> counts) =>
        string.Join(", ", counts.OrderBy(pair => pair.Key, StringComparer.Ordinal).Select(pair => $"{pair.Key} {pair.Value}"));

    private static Dictionary<string, int> Sum(IReadOnlyDictionary<string, int> one, IReadOnlyDictionary<string, int> two) =>
        one.Concat(two).GroupBy(pair => pair.Key, StringComparer.Ordinal).ToDictionary(group => group.Key, group => group.Sum(pair => pair.Value), StringComparer.Ordinal);
}
