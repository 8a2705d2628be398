namespace Darkroom.Jobs.Browsing;

/// <summary>How a batch went over a span of time, in steps of one length.</summary>
/// <param name="From">Where the first step begins.</param>
/// <param name="Step">How long each is.</param>
/// <param name="Steps">One after the other, none left out.</param>
public sealed record BatchPace(DateTimeOffset From, TimeSpan Step, IReadOnlyList<PaceStep> Steps)
{
    /// <summary>Items ended a minute over the last <paramref name="span"/>, up to the end of the steps.</summary>
    public double PerMinute(TimeSpan span)
    {
        var count = Math.Clamp((int)(span / Step), 1, Steps.Count);
        return Steps.TakeLast(count).Sum(step => step.Ended) / (count * Step).TotalMinutes;
    }
}
