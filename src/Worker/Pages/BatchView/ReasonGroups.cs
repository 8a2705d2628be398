using Darkroom.Jobs.Browsing;
using Darkroom.Jobs.Editing;

namespace Darkroom.Worker.Pages.BatchView;

/// <summary>Sorts reasons into kinds that people treat differently.</summary>
internal static class ReasonGroups
{
    /// <summary>The kind that has a list of its own.</summary>
    public const string Moderation = "Refused by moderation";

    /// <summary>The kinds that there are, each with its reasons.</summary>
    public static IReadOnlyList<(string Kind, IReadOnlyList<ReasonCount> Reasons)> Of(IReadOnlyList<ReasonCount> reasons) =>
        [.. reasons.GroupBy(KindOf, StringComparer.Ordinal).OrderBy(group => group.Key, StringComparer.Ordinal).Select(group => (group.Key, (IReadOnlyList<ReasonCount>)[.. group]))];

    private static string KindOf(ReasonCount reason) => reason.Reason.Split('/')[0] switch
    {
        ErrorClasses.Moderation => Moderation,
        ErrorClasses.Source => "Sources that can't be used",
        ErrorClasses.Throttled or ErrorClasses.Quota => "Limits",
        ErrorClasses.UnknownOutcome => "Outcome unknown",
        ErrorClasses.InvalidRequest => "Bad input",
        _ => "Service and network",
    };
}
