using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Darkroom.Worker.Cli;
using Darkroom.Worker.Tests.Processes;
using Darkroom.Worker.Tests.Ops;

namespace Darkroom.Worker.Tests.Docs;

/// <summary>What README, ARCHITECTURE, CONTRIBUTING and docs/ say can be followed: links, files, commands, settings and routes exist, and pages stay short.</summary>
public sealed partial class DocPageTests
{
    private const int MostColumns = 180;

    private static readonly string[] Placeholders = ["GROUP", "NAME", "HOST", "0"];

    public static TheoryData<string> Pages
    {
        get
        {
            var root = RepositoryFile.PathOf();
            return [.. new[] { "README.md", "ARCHITECTURE.md", "CONTRIBUTING.md" }.Concat(
                Directory.GetFiles(RepositoryFile.PathOf("docs"), "*.md", SearchOption.AllDirectories).Select(file => Path.GetRelativePath(root, file)).Order(StringComparer.Ordinal))];
        }
    }

    [Theory]
    [MemberData(nameof(Pages))]
    public void Links_LeadToFilesAndHeadings(string page)
    {
        var broken = new List<string>();
        foreach (Match link in Link().Matches(Prose(page)))
        {
            var (target, anchor) = (link.Groups["target"].Value, link.Groups["anchor"].Value);
            if (target.Contains("://", StringComparison.Ordinal)) continue;
            var file = target.Length == 0 ? page : Path.Combine(Path.GetDirectoryName(page)!, target);
            var path = RepositoryFile.PathOf(file);
            if (!File.Exists(path) && !Directory.Exists(path)) broken.Add($"{target}: no such file");
            else if (anchor.Length > 0 && !Anchors(file).Contains(anchor)) broken.Add($"{target}#{anchor}: no such heading");
        }

        broken.ShouldBeEmpty();
    }

    // `src/…`, `ops/…` and the like by path, `Name.cs` by name, wherever it lies.
    [Theory]
    [MemberData(nameof(Pages))]
    public void FilesInBackticks_Exist(string page)
    {
        var missing = new List<string>();
        foreach (Match code in Code().Matches(Prose(page)))
        {
            var text = code.Groups["text"].Value;
            if (FileName().IsMatch(text))
            {
                if (!Sources.Value.Contains(text)) missing.Add(text);
            }
            else if (RepositoryPath().IsMatch(text) && !File.Exists(RepositoryFile.PathOf(text)) && !Directory.Exists(RepositoryFile.PathOf(text))) missing.Add(text);
        }

        missing.ShouldBeEmpty();
    }

    [Theory]
    [MemberData(nameof(Pages))]
    public void Commands_AreUnderstoodByTheCommandLine(string page)
    {
        var root = DarkroomCli.CreateRoot(new CliContext(TestSurroundings.In(AppContext.BaseDirectory)));
        var refused = new List<string>();
        foreach (var command in CommandsOf(page))
        {
            var parsed = root.Parse(Words(command));
            // A text may name a command without what it needs.
            if (parsed.Errors.FirstOrDefault(error => !error.Message.StartsWith("Required argument", StringComparison.Ordinal)) is { } error) refused.Add($"{command}: {error.Message}");
        }

        refused.ShouldBeEmpty();
    }

    [Fact]
    public void Commands_AreFoundOnPages()
    {
        CommandsOf("README.md").Count.ShouldBeGreaterThan(10);
        Words("estimate a.csv --prompt \"Put {{product}} on white\" --n 2   # comment").ShouldBe(["estimate", "a.csv", "--prompt", "Put {{product}} on white", "--n", "2"]);
        CommandsOf("README.md").ShouldContain(command => command.StartsWith("key add ci --role operator", StringComparison.Ordinal));
    }

    [Theory]
    [MemberData(nameof(Pages))]
    public void Settings_AreOfTheOptionsClasses(string page)
    {
        var keys = ConfigurationDocTests.Keys().ToList();
        // Lists and maps are named without their entries, too.
        var known = keys.Concat(keys.Select(WithoutEntries)).Distinct(StringComparer.Ordinal).Select(Pattern).ToList();
        var unknown = new List<string>();
        foreach (Match key in Key().Matches(RepositoryFile.Read(page)))
        {
            var text = key.Value.TrimEnd('.');
            if (text.StartsWith("Logging__", StringComparison.Ordinal)) continue;
            if (!known.Exists(pattern => pattern.IsMatch(text)) && !(text.EndsWith("__", StringComparison.Ordinal) && keys.Exists(key => Starts(key, text)))) unknown.Add(text);
        }

        unknown.ShouldBeEmpty();
    }

    [Fact]
    public void EveryRoute_IsOnTheApiPage()
    {
        var page = RepositoryFile.Read("docs", "api.md");
        var paths = JsonNode.Parse(RepositoryFile.Read("src", "Worker", "Api", "openapi.json"))!["paths"]!.AsObject();
        var routes = paths.SelectMany(path => path.Value!.AsObject().Select(call => $"{call.Key.ToUpperInvariant()} {path.Key}")).ToList();

        routes.Count.ShouldBeGreaterThan(30);
        routes.Where(route => !page.Contains($"`{route}`", StringComparison.Ordinal)).ShouldBeEmpty();
        ApiRoute().Matches(page).Select(match => match.Groups["route"].Value).Where(route => !routes.Contains(route, StringComparer.Ordinal)).ShouldBeEmpty();
    }

    [Theory]
    [InlineData("README.md", 120)]
    [InlineData("ARCHITECTURE.md", 150)]
    [InlineData("CONTRIBUTING.md", 40)]
    public void Page_IsShort(string page, int lines) => RepositoryFile.Read(page).TrimEnd().Split('\n').Length.ShouldBeLessThanOrEqualTo(lines);

    [Theory]
    [MemberData(nameof(Pages))]
    public void Lines_CanBeRead(string page) => Prose(page).Split('\n').Where(line => !line.StartsWith('|') && line.Length > MostColumns).ShouldBeEmpty();

    [Fact]
    public void Decisions_AreListedShortAndOfOneForm()
    {
        var index = RepositoryFile.Read("docs", "decisions", "README.md");
        var files = Directory.GetFiles(RepositoryFile.PathOf("docs", "decisions"), "0*.md").Order(StringComparer.Ordinal).ToList();
        files.Count.ShouldBeGreaterThan(15);
        foreach (var (at, file) in files.Index())
        {
            var text = File.ReadAllText(file).TrimEnd();
            var name = Path.GetFileName(file);
            DecisionName().IsMatch(name).ShouldBeTrue(name);
            text.Split('\n').Length.ShouldBeInRange(15, 25, name);
            text.ShouldStartWith(string.Create(CultureInfo.InvariantCulture, $"# {at + 1}. "), Case.Sensitive, name);
            string.Join(' ', text.Split('\n').Where(line => line.StartsWith("## ", StringComparison.Ordinal))).ShouldBe("## Context ## Decision ## Consequence", name);
            index.ShouldContain($"]({name})", Case.Sensitive, name);
        }
    }

    // Readers have this repository and nothing else.
    [Fact]
    public void Comments_CiteNoPageOutsideTheRepository()
    {
        var folders = new[] { "src", "tests", "migrations" };
        var cited = folders.SelectMany(folder => Directory.GetFiles(RepositoryFile.PathOf(folder), "*", SearchOption.AllDirectories))
            .Where(file => Path.GetExtension(file) is ".cs" or ".sql" or ".razor" or ".js" && !file.EndsWith("DocPageTests.cs", StringComparison.Ordinal))
            // The engine's own comments go with it.
            .SelectMany(file => Cited().Matches(File.ReadAllText(file)).Select(match => match.Value).Where(page => !File.Exists(RepositoryFile.PathOf(page))).Select(page => $"{Path.GetFileName(file)}: {page}"));

        cited.ShouldBeEmpty();
    }

    private static readonly Lazy<HashSet<string>> Sources = new(() => new[] { "src", "tests" }
        .SelectMany(folder => Directory.EnumerateFiles(RepositoryFile.PathOf(folder), "*.cs", SearchOption.AllDirectories)).Select(file => Path.GetFileName(file)).ToHashSet(StringComparer.Ordinal));

    private static string Prose(string page) => Fence().Replace(RepositoryFile.Read(page).ReplaceLineEndings("\n"), "");

    // As the usual hosts of repositories make them from headings.
    private static HashSet<string> Anchors(string page) => Heading().Matches(Prose(page)).Select(match => string.Concat(match.Groups["text"].Value.Trim().ToLowerInvariant()
        .Where(character => char.IsLetterOrDigit(character) || character is ' ' or '-' or '_')).Replace(' ', '-')).ToHashSet(StringComparer.Ordinal);

    private static List<string> CommandsOf(string page)
    {
        var text = RepositoryFile.Read(page).ReplaceLineEndings("\n");
        var fenced = Fence().Matches(text).SelectMany(block => block.Value.Split('\n')).Select(line => Called().Match(line));
        var inline = Code().Matches(Fence().Replace(text, "")).Select(code => Called().Match(code.Groups["text"].Value));
        // Usage lines have brackets; `COMMAND` stands for any.
        return [.. fenced.Concat(inline).Where(match => match.Success).Select(match => match.Groups["rest"].Value).Where(rest => !rest.Contains('[', StringComparison.Ordinal) && !rest.Contains("COMMAND", StringComparison.Ordinal))];
    }

    // As a shell splits them, up to a comment, a pipe, a redirection or the next command.
    private static string[] Words(string command)
    {
        var words = new List<string>();
        var word = new StringBuilder();
        var quoted = false;
        var begun = false;
        foreach (var character in command)
        {
            if (character == '"') (quoted, begun) = (!quoted, true);
            else if (!quoted && character is ' ')
            {
                if (begun) words.Add(word.ToString());
                word.Clear();
                begun = false;
            }
            else if (!quoted && !begun && character is '#' or '|' or '>' or '<' or '&') break;
            else
            {
                word.Append(character);
                begun = true;
            }
        }

        if (begun) words.Add(word.ToString());
        return [.. words];
    }

    private static Regex Pattern(string key) => new(
        $"^{string.Join("__", key.Split("__").Select(part => Placeholders.Contains(part, StringComparer.Ordinal) ? "[A-Za-z0-9.-]+" : Regex.Escape(part)))}$", RegexOptions.IgnoreCase, TimeSpan.FromSeconds(1));

    private static string WithoutEntries(string key)
    {
        var parts = key.Split("__").ToList();
        while (Placeholders.Contains(parts[^1], StringComparer.Ordinal)) parts.RemoveAt(parts.Count - 1);
        return string.Join("__", parts);
    }

    // `Storage__Azure__…` speaks of all keys that begin so.
    private static bool Starts(string key, string beginning)
    {
        var given = beginning.TrimEnd('_').Split("__");
        return Pattern(string.Join("__", key.Split("__").Take(given.Length))).IsMatch(string.Join("__", given));
    }

    [GeneratedRegex(@"\[[^\]]*\]\((?<target>[^)#\s]*)(#(?<anchor>[^)\s]*))?\)", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Link();

    [GeneratedRegex("`(?<text>[^`\n]+)`", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Code();

    [GeneratedRegex(@"^\w+\.cs$", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex FileName();

    [GeneratedRegex(@"^(src|tests|docs|ops|samples|migrations)/[\w./-]*$", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex RepositoryPath();

    [GeneratedRegex(@"^```[^\n]*\n.*?^```", RegexOptions.Multiline | RegexOptions.Singleline, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Fence();

    [GeneratedRegex("^#{1,6} (?<text>[^\n]+)", RegexOptions.Multiline | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Heading();

    [GeneratedRegex(@"^\s*([A-Za-z_]+=\S+ )*(\./)?darkroom (?<rest>.+)$", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Called();

    [GeneratedRegex(@"\b[A-Z][A-Za-z]+__([A-Za-z0-9.-]+(__)?)*", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Key();

    [GeneratedRegex(@"`(?<route>(GET|POST|PUT|PATCH|DELETE) /v1/[^`\s]+)`", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex ApiRoute();

    [GeneratedRegex(@"^\d{4}(-[a-z0-9]+)+\.md$", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex DecisionName();

    [GeneratedRegex(@"[\w.-]+(/[\w.-]+)*\.md\b", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Cited();
}
