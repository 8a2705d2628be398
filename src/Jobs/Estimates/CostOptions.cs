namespace Darkroom.Jobs.Estimates;

/// <summary>Section <c>Costs</c>.</summary>
public sealed class CostOptions
{
    /// <summary>The configuration section.</summary>
    public const string Section = "Costs";

    /// <summary><c>run</c> and <c>submit</c> ask before they start what is expected to cost more USD than this. 0 (always) to 1,000,000,000; 50 unless set.</summary>
    public decimal AskAbove { get; set; } = 50;
}
