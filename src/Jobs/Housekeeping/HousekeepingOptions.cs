using System.ComponentModel.DataAnnotations;

namespace Darkroom.Jobs.Housekeeping;

/// <summary>Removal of rows that work leaves behind: section <c>Housekeeping</c>. Items, attempts, outputs and the ledger are never among them.</summary>
public sealed class HousekeepingOptions
{
    /// <summary>The configuration section.</summary>
    public const string Section = "Housekeeping";

    /// <summary>How often one of the workers tidies up, in whole minutes; less is a minute.</summary>
    [Range(typeof(TimeSpan), "00:00:10", "1.00:00:00")]
    public TimeSpan Interval { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>How long dead processes, expired uploads and the like are kept for people to look at.</summary>
    [Range(typeof(TimeSpan), "01:00:00", "365.00:00:00")]
    public TimeSpan Keep { get; set; } = TimeSpan.FromDays(1);
}
