namespace Darkroom.Jobs.Deadlines;

/// <summary>What is to be told of a batch with a deadline.</summary>
public enum DeadlineVerdict
{
    /// <summary>Nothing, or nothing new.</summary>
    Nothing,

    /// <summary>At its pace it will be late.</summary>
    AtRisk,

    /// <summary>The deadline has passed, and it isn't done.</summary>
    Missed,
}
