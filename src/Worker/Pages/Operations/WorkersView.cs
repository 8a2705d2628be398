using Darkroom.Jobs.Browsing;

namespace Darkroom.Worker.Pages.Operations;

/// <summary>What the page of workers shows.</summary>
/// <param name="Processes">Those that work first.</param>
public sealed record WorkersView(IReadOnlyList<ProcessRow> Processes);
