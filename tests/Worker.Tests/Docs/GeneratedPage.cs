using Darkroom.Worker.Tests.Ops;

namespace Darkroom.Worker.Tests.Docs;

/// <summary>A page of docs/ whose second half is written from the code: what stands above the marker is written by people.</summary>
internal static class GeneratedPage
{
    // To refresh the pages on purpose, run these tests with the variable set.
    private const string Refresh = "DARKROOM_REFRESH_DOCS";
    private const int Columns = 150;
    private const string Marker = "<!-- Written from the code. Refresh it with DARKROOM_REFRESH_DOCS=1, see CONTRIBUTING.md. -->\n";

    public static async Task ShouldHoldAsync(string name, string generated, CancellationToken cancellationToken)
    {
        var file = RepositoryFile.PathOf(name);
        var page = (await File.ReadAllTextAsync(file, cancellationToken)).ReplaceLineEndings("\n");
        var end = page.IndexOf(Marker, StringComparison.Ordinal);
        end.ShouldBeGreaterThan(0, $"{name} has lost its line {Marker}");
        var wanted = $"{page[..(end + Marker.Length)]}\n{generated.ReplaceLineEndings("\n").TrimEnd()}\n";
        if (string.Equals(Environment.GetEnvironmentVariable(Refresh), "1", StringComparison.Ordinal)) await File.WriteAllTextAsync(file, wanted, cancellationToken);
        else page.ShouldBe(wanted, $"{name} isn't what the code says. Refresh it with {Refresh}=1 and read the difference.");
    }

    /// <summary>Text in lines that can be read.</summary>
    public static string Wrap(string text)
    {
        var lines = new List<string> { "" };
        foreach (var word in text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries))
        {
            if (lines[^1].Length == 0) lines[^1] = word;
            else if (lines[^1].Length + 1 + word.Length <= Columns) lines[^1] += $" {word}";
            else lines.Add(word);
        }

        return string.Join('\n', lines);
    }

    /// <summary>Text as a table's cell takes it.</summary>
    public static string Cell(string text) => text.Replace("|", "\\|", StringComparison.Ordinal);
}
