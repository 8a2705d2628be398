namespace Darkroom.Jobs.Retention;

/// <summary>How long finished batches are kept; the section <c>Retention</c>.</summary>
public sealed class RetentionOptions
{
    /// <summary>The name of the section.</summary>
    public const string Section = "Retention";

    /// <summary>Batches that ended so long ago are purged by the workers; above zero, such as <c>90.00:00:00</c>. Default null: none.</summary>
    public TimeSpan? After { get; set; }

    /// <summary>How often workers look for such batches, from a second to a day, in whole minutes: less is a minute. One of them does it, also whenever a worker starts. Default one hour.</summary>
    public TimeSpan Interval { get; set; } = TimeSpan.FromHours(1);
}
