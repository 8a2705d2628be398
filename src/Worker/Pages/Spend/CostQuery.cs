using Darkroom.Jobs.Costs;

namespace Darkroom.Worker.Pages.Spend;

/// <summary>What is asked of the costs, as it stands in the address.</summary>
/// <param name="From">The first day, UTC.</param>
/// <param name="To">The last day, UTC.</param>
/// <param name="By">What it is split by.</param>
public sealed record CostQuery(DateOnly From, DateOnly To, ReportDimension By)
{
    /// <summary>Its address.</summary>
    public string Address => $"/costs?from={From:yyyy-MM-dd}&to={To:yyyy-MM-dd}&by={Uri.EscapeDataString(By.Name)}";
}
