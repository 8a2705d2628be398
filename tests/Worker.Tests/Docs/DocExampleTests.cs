using System.Text.RegularExpressions;
using Darkroom.Worker.Tests.Ops;
using Darkroom.Worker.Tests.Processes;

namespace Darkroom.Worker.Tests.Docs;

/// <summary>The manifests on pages are ones that the program takes.</summary>
public sealed partial class DocExampleTests
{
    [Fact]
    public async Task CatalogueOfTheReadme_IsEstimatedAsTheReadmeSays()
    {
        using var folder = new TemporaryFolder();
        await File.WriteAllTextAsync(Path.Combine(folder.Path, "catalogue.csv"), Block("README.md", "id,image"), TestContext.Current.CancellationToken);
        var running = DarkroomCommand.RunAsync(
            folder.Path, new Dictionary<string, string?>(StringComparer.Ordinal) { ["Limits__Default__ImagesPerMinute"] = "20" },
            "estimate", "catalogue.csv", "--prompt", "Put {{product}} on a white background", "--model", "gpt-image-2", "--quality", "high", "--json");

        (await running).ShouldExit(0).Out.ShouldContain("\"items\":1");
    }

    [Fact]
    public async Task RowOfTheManifestPage_IsValid()
    {
        using var folder = new TemporaryFolder();
        await File.WriteAllTextAsync(Path.Combine(folder.Path, "catalogue.jsonl"), Block("docs/manifest.md", "{\"id\""), TestContext.Current.CancellationToken);
        var running = DarkroomCommand.RunAsync(folder.Path, new Dictionary<string, string?>(StringComparer.Ordinal), "validate", "catalogue.jsonl", "--model", "gpt-image-2", "--json");

        (await running).ShouldExit(0);
    }

    private static string Block(string page, string beginning) =>
        Fence().Matches(RepositoryFile.Read(page).ReplaceLineEndings("\n")).Select(match => match.Groups["text"].Value).Single(text => text.StartsWith(beginning, StringComparison.Ordinal));

    [GeneratedRegex("^```[^\n]*\n(?<text>.*?)^```", RegexOptions.Multiline | RegexOptions.Singleline | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Fence();
}
