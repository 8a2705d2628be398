using System.Text.RegularExpressions;

namespace Darkroom.Jobs.Editing;

/// <summary>
/// Recognizes that money at the service is used up (quota, credit, budget, spend limit): nothing that waiting mends. Each gateway has its own code, status and
/// sentence for it, so this is the one list of them (docs/endpoint.md). A rate limit speaks of quota, too: a text that names a time to retry, or
/// a limit per minute, is one.
/// </summary>
internal static partial class QuotaWords
{
    private const RegexOptions Options = RegexOptions.IgnoreCase | RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture | RegexOptions.NonBacktracking;
    private const int LongestMessage = 4000;

    // A text that names a later time to retry means a quota of a day or a month.
    private static readonly TimeSpan Soon = TimeSpan.FromHours(1);

    // Codes and types as letters and digits alone: budget_exceeded, BudgetExceeded and budget-exceeded are one.
    private static readonly HashSet<string> Codes = new(StringComparer.OrdinalIgnoreCase)
    {
        "insufficientquota", "insufficientuserquota", "creditbalanceexhausted", "organizationusagelimitexceeded", "billinghardlimitreached", "billingnotactive",
        "budgetexceeded", "budgetexceedederror", "exceededbudget", "exceededcurrentquotaerror", "insufficientcredits", "insufficientcredit", "insufficientbalance",
        "insufficientfunds", "outofcredits", "creditsexhausted", "paymentrequired", "preconsumetokenquotafailed", "arrearage",
    };

    // Codes that some services use for rate limits as well: the text decides.
    private static readonly HashSet<string> UnclearCodes = new(StringComparer.OrdinalIgnoreCase) { "quotaexceeded", "exceededquota", "usagelimitexceeded", "usagelimitreached" };

    /// <summary>Whether an error says so.</summary>
    /// <param name="error">The error object; empty when there was none.</param>
    /// <param name="text">Its message, or what the answer said instead.</param>
    public static bool Found(ErrorBody error, string text)
    {
        if (IsCode(error.Code) || IsCode(error.Type)) return true;
        var message = text.Length > LongestMessage ? text[..LongestMessage] : text;
        return (IsUnclear(error.Code) || IsUnclear(error.Type) || Sentence().IsMatch(message)) && !SpeaksOfARate(message);
    }

    private static bool IsCode(string? code) => Plain(code) is { } plain
        && (Codes.Contains(plain) || plain.EndsWith("spendlimitexceeded", StringComparison.OrdinalIgnoreCase) || plain.EndsWith("budgetexceeded", StringComparison.OrdinalIgnoreCase));

    private static bool IsUnclear(string? code) => Plain(code) is { } plain && UnclearCodes.Contains(plain);

    private static string? Plain(string? code) => code is { Length: > 0 and <= 200 } ? string.Concat(code.Where(char.IsLetterOrDigit)) : null;

    private static bool SpeaksOfARate(string message) => LimitText.Parse(message).Wait is { } wait ? wait <= Soon : Rate().IsMatch(message);

    [GeneratedRegex(
        // OpenAI, and gateways in front of it.
        @"exceeded your current quota|billing (hard )?limit (has been |was |is )?(reached|exceeded)|(reached|exceeded|hit) (your|the) (billing|spend(ing)?) (hard )?limit"
        + @"|account is not active, please check your billing"
        // LiteLLM.
        + @"|budget has been exceeded|budget_?exceeded|exceeded ?(\w{1,20} ?)?budget\b|\bover budget\b|\bbudget (was |is )?exceeded"
        // Anthropic, OpenRouter, xAI, resellers.
        + @"|(credit )?balance is (too low|insufficient|not enough|exhausted)|insufficient (account )?(credits?|balance|funds|quota)|(not enough|out of|run out of|ran out of) (credits?|balance|funds)"
        + @"|no (remaining )?credits? (left|remaining|available)|requires more credits|credits? (are|is|have been|has been) (depleted|exhausted|used up)"
        + @"|(used|exhausted|depleted) (up )?(all )?(of )?(your |the |its )?(available |remaining |free |prepaid |monthly )*credits?\b|key limit exceeded"
        + @"|(spend(ing)?|usage) limit (has been |was |is )?(reached|exceeded)|(reached|exceeded|hit) (your|its|the) (\w{1,20} )?(spend(ing)?|usage) limit"
        // Gateways that answer in Chinese: quota or balance insufficient, quota used up, account in arrears.
        + "|额度不足|额度已用尽|余额不足|欠费",
        Options)]
    private static partial Regex Sentence();

    [GeneratedRegex(@"per[ _-]?(min|sec)|\b[rt]pm\b", Options)]
    private static partial Regex Rate();
}
