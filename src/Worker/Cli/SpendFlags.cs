using System.CommandLine;
using System.Globalization;
using Darkroom.Jobs.Estimates;

namespace Darkroom.Worker.Cli;

/// <summary>What <c>run</c> and <c>submit</c> take about money.</summary>
internal sealed class SpendFlags
{
    private const decimal Most = 1_000_000_000;

    private readonly Option<bool> _yes = new("--yes", "-y") { Description = "Don't ask, whatever the expected cost." };
    private readonly Option<string?> _maxCost = new("--max-cost") { Description = "The batch's budget in USD: the batch halts before it could cost more. Asks if the estimate is higher; refuses models without a known price." };
    private readonly Option<int?> _canary = new("--canary") { Description = "Run this many items first, spread over the manifest, then show what was measured and wait for 'approve'." };

    public SpendFlags()
    {
        _maxCost.Validators.Add(result =>
        {
            if (result.Tokens.Count == 1 && Usd(result.Tokens[0].Value) is null) result.AddError($"--max-cost must be an amount in USD, such as 12.50, not '{result.Tokens[0].Value}'.");
        });
        _canary.Validators.Add(result =>
        {
            if (result.Tokens.Count == 1 && (!int.TryParse(result.Tokens[0].Value, NumberStyles.None, CultureInfo.InvariantCulture, out var items) || items < 1))
                result.AddError($"--canary must be a whole number from 1 on, not '{result.Tokens[0].Value}'.");
        });
    }

    public void AddTo(Command command)
    {
        command.Add(_yes);
        command.Add(_maxCost);
        command.Add(_canary);
    }

    /// <summary>Reads them.</summary>
    public SpendConsent Read(ParseResult parsed, CostOptions costs) =>
        new(parsed.GetValue(_yes), Usd(parsed.GetValue(_maxCost)), parsed.GetValue(_canary), costs.AskAbove);

    private static decimal? Usd(string? text) =>
        decimal.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var usd) && usd <= Most ? usd : null;
}
