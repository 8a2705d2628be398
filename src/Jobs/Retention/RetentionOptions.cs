namespace Darkroom.Jobs.Retention;

/// <summary>How long finished batches are kept: section <c>Retention</c>.</summary>
public sealed class RetentionOptions
{
    /// <summary>The name of the section.</summary>
    public const string Section = "Retention";

    /// <summary>Workers purge batches that ended this long ago, such as <c>90.00:00:00</c>. When not set: never.</summary>
    /// <value>above 0</value>
    public TimeSpan? After { get; set; }

    /// <summary>How often one of the workers looks for such batches, in whole minutes; less is a minute. It also looks whenever a worker starts.</summary>
    /// <value>1 s to 1 day</value>
    public TimeSpan Interval { get; set; } = TimeSpan.FromHours(1);
}
