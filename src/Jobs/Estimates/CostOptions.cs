namespace Darkroom.Jobs.Estimates;

/// <summary>When to ask before spending: section <c>Costs</c>.</summary>
public sealed class CostOptions
{
    /// <summary>The configuration section.</summary>
    public const string Section = "Costs";

    /// <summary><c>run</c> and <c>submit</c> ask first when the expected cost is above this many USD. 0: always ask.</summary>
    /// <value>0 to 1,000,000,000</value>
    public decimal AskAbove { get; set; } = 50;
}
