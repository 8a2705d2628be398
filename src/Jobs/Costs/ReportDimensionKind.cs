namespace Darkroom.Jobs.Costs;

/// <summary>What costs can be grouped by.</summary>
public enum ReportDimensionKind
{
    /// <summary>The day of the call, UTC, as <c>2026-11-22</c>.</summary>
    Day,

    /// <summary>The model's name as it was sent.</summary>
    Model,

    /// <summary>The batch's id.</summary>
    Batch,

    /// <summary>The <c>user</c> option.</summary>
    User,

    /// <summary>One tag's value.</summary>
    Tag,
}
