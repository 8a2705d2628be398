using System.Text;
using Darkroom.Jobs.Manifests;

namespace Darkroom.Worker.Cli;

/// <summary>Tells all problems of a manifest.</summary>
internal static class ManifestProblems
{
    public static string Describe(InvalidManifestException manifest)
    {
        var text = new StringBuilder();
        foreach (var problem in manifest.Problems) text.AppendLine(problem.ToString());
        if (manifest.Total > manifest.Problems.Count) text.AppendLine($"… and {manifest.Total - manifest.Problems.Count} more.");
        text.Append($"{manifest.Total} problem{(manifest.Total == 1 ? "" : "s")}; nothing was imported.");
        return text.ToString();
    }
}
