using Darkroom.Jobs.Throttling;

namespace Darkroom.Worker.Pages.Operations;

/// <summary>What the page of limits shows.</summary>
/// <param name="Lines">A line a group and dimension.</param>
public sealed record LimitsView(IReadOnlyList<LimitState> Lines);
