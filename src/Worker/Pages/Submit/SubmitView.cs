namespace Darkroom.Worker.Pages.Submit;

/// <summary>What the page that submits manifests shows.</summary>
/// <param name="Models">Models to choose from.</param>
public sealed record SubmitView(IReadOnlyList<string> Models);
