using System.Collections.Concurrent;
using Darkroom.Jobs.Costs;
using Darkroom.Jobs.Throttling;

namespace Darkroom.Jobs.Running;

/// <summary>What calls take of the limits: tokens by the model book's tables until calls of the kind have ended here, then by their average.</summary>
public sealed class CallCosts(CallPricing pricing)
{
    // The newest call counts an eighth: sources of a catalogue differ, and their mix changes.
    private const double Newest = 0.125;

    private readonly ConcurrentDictionary<(string Model, string Size, string Quality, int N, int Inputs), double> _averages = new();

    /// <summary>What a call will take, tokens as expected.</summary>
    public CallCost Of(ClaimedItem item)
    {
        var inputs = InputsOf(item);
        var tokens = _averages.TryGetValue(KindOf(item), out var average) ? (long)average : pricing.Estimate(item).Expected.Total;
        return new CallCost(item.Options.N, inputs, tokens);
    }

    /// <summary>The tokens that a call took, as far as is known: none when it was refused; null when what was expected stands.</summary>
    public long? Took(ClaimedItem item, ItemCompletion completion)
    {
        if (completion.Ledger is { Kind: LedgerKinds.Reported } billed)
        {
            _averages.AddOrUpdate(KindOf(item), billed.Tokens.Total, (_, average) => average + (Newest * (billed.Tokens.Total - average)));
            return billed.Tokens.Total;
        }

        return completion.Ledger is null && completion.AttemptState is AttemptState.Rejected or AttemptState.Throttled or AttemptState.NotSent or AttemptState.Halted ? 0 : null;
    }

    private static int InputsOf(ClaimedItem item) => item.Input.Images.Count + (item.Input.Mask is null ? 0 : 1);

    private static (string Model, string Size, string Quality, int N, int Inputs) KindOf(ClaimedItem item) =>
        (item.Model, item.Options.Text("size") ?? "", item.Options.Text("quality") ?? "", item.Options.N, InputsOf(item));
}
