namespace Darkroom.Jobs.Batches;

/// <summary>Hours of the day in which a batch's calls may start; those under way then finish.</summary>
/// <param name="From">The first moment.</param>
/// <param name="To">The first moment that isn't in it any more; before <paramref name="From"/> for hours past midnight.</param>
/// <param name="Zone">IANA name of the time zone whose clock counts.</param>
public sealed record BatchHours(TimeOnly From, TimeOnly To, string Zone);
