using System.ComponentModel.DataAnnotations;

namespace Darkroom.Jobs.Housekeeping;

/// <summary>Section <c>Housekeeping</c>: what becomes of rows that work leaves behind. Items, attempts, outputs and the ledger aren't among them.</summary>
public sealed class HousekeepingOptions
{
    /// <summary>The configuration section.</summary>
    public const string Section = "Housekeeping";

    /// <summary>How often one of the workers looks, in whole minutes: less is a minute. 10 s to 1 day; 5 minutes unless set.</summary>
    [Range(typeof(TimeSpan), "00:00:10", "1.00:00:00")]
    public TimeSpan Interval { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>How long processes that died and uploads that expired are kept, for people to look at. 1 hour to a year; 1 day unless set.</summary>
    [Range(typeof(TimeSpan), "01:00:00", "365.00:00:00")]
    public TimeSpan Keep { get; set; } = TimeSpan.FromDays(1);
}
