using Darkroom.Jobs.Browsing;

namespace Darkroom.Worker.Pages.Frame;

/// <summary>Who looks at a page, and what is around every page.</summary>
/// <param name="Name">The key's name, or <c>local</c>; null when nobody is signed in.</param>
/// <param name="Role">viewer, operator or admin.</param>
/// <param name="CanOperate">Whether he may submit and steer.</param>
/// <param name="CanAdminister">Whether he may do everything.</param>
/// <param name="CsrfToken">What a change of state by cookie needs; null where there is no cookie.</param>
/// <param name="Path">The page's path.</param>
/// <param name="Money">What is spent and expected; null where it can't be told.</param>
/// <param name="DayCapUsd">USD that a day may cost, or null.</param>
/// <param name="MonthCapUsd">USD that a month may cost, or null.</param>
/// <param name="HasHangfire">Whether Hangfire's dashboard is there.</param>
public sealed record Visit(
    string? Name, string? Role, bool CanOperate, bool CanAdminister, string? CsrfToken, string Path, Spending? Money, decimal? DayCapUsd, decimal? MonthCapUsd, bool HasHangfire);
