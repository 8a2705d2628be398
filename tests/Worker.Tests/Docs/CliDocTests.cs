using System.CommandLine;
using System.CommandLine.Help;
using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using Darkroom.Worker.Cli;
using Darkroom.Worker.Tests.Processes;

namespace Darkroom.Worker.Tests.Docs;

/// <summary>docs/cli.md has every command with its arguments and options, from the command tree itself.</summary>
public sealed partial class CliDocTests
{
    private static readonly string[] Everywhere = ["--json", "--server", "--key-file"];

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public Task Cli_HasEveryCommandAndOption() => GeneratedPage.ShouldHoldAsync("docs/cli.md", Write(), Cancel);

    private static string Write()
    {
        var root = DarkroomCli.CreateRoot(new CliContext(TestSurroundings.In(AppContext.BaseDirectory)));
        var submit = root.Subcommands.Single(command => command.Name == "submit");
        var page = new StringBuilder();
        foreach (var command in root.Subcommands)
        {
            WriteCommand(page, "", command, submit);
            foreach (var child in command.Subcommands) WriteCommand(page, $"{command.Name} ", child, submit);
        }

        return page.ToString();
    }

    private static void WriteCommand(StringBuilder page, string parent, Command command, Command submit)
    {
        var parts = command.Description!.ReplaceLineEndings("\n").Split("\n\nExamples:\n");
        var options = command.Options.Where(option => option is not HelpOption && !option.Hidden).ToList();
        var usage = string.Concat(command.Arguments.Select(argument => argument.Arity.MinimumNumberOfValues == 0 ? $" [{argument.Name}]" : $" {argument.Name}"));
        page.Append(CultureInfo.InvariantCulture, $"## {parent}{command.Name}\n\n`darkroom {parent}{command.Name}{usage}{(command.Subcommands.Count > 0 ? " COMMAND" : "")}{(options.Count > 0 ? " [options]" : "")}`\n\n{GeneratedPage.Wrap(parts[0])}\n\n");
        if (parts.Length > 1) page.Append(CultureInfo.InvariantCulture, $"```\n{Examples(parts[1])}\n```\n\n");
        var named = command.Arguments.Where(argument => !string.IsNullOrEmpty(argument.Description)).Select(argument => $"| `{argument.Name}` | {Sentence(argument.Description!)} |").ToList();
        var common = options.Where(option => Everywhere.Contains(option.Name, StringComparer.Ordinal)).Select(option => $"`{option.Name}`").ToList();
        options.RemoveAll(option => Everywhere.Contains(option.Name, StringComparer.Ordinal));
        var shared = command == submit ? [] : options.Where(option => submit.Options.Any(other => other.Name == option.Name && other.Description == option.Description)).ToList();
        if (shared.Count < 8) shared = [];
        named.AddRange(options.Except(shared).Select(Row));
        if (named.Count > 0) page.Append(CultureInfo.InvariantCulture, $"| argument or option | meaning |\n|---|---|\n{string.Join('\n', named)}\n\n");
        if (shared.Count > 0) page.Append(CultureInfo.InvariantCulture, $"{GeneratedPage.Wrap($"As for [submit](#submit): {string.Join(", ", shared.Select(option => $"`{option.Name}`"))}.")}\n\n");
        if (common.Count > 0) page.Append(CultureInfo.InvariantCulture, $"Also {string.Join(", ", common)}.\n\n");
    }

    private static string Row(Option option)
    {
        var names = string.Join(", ", option.Aliases.Append(option.Name).Where(name => !name.Contains('_', StringComparison.Ordinal)).Order(StringComparer.Ordinal).Reverse().Select(name => $"`{name}`"));
        var value = option.HasDefaultValue && option.GetDefaultValue() is { } given and not false ? $" Default `{Convert.ToString(given, CultureInfo.InvariantCulture)!.ToLowerInvariant()}`." : "";
        return $"| {names} | {Sentence(option.Description!)}{(option.Required ? " Required." : "")}{value} |";
    }

    private static string Sentence(string text) => GeneratedPage.Cell(string.Join(' ', text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries))) is var line && line.EndsWith('.') ? line : $"{line}.";

    // What stands behind an example, a few columns on, is a comment to it.
    private static string Examples(string text) => string.Join('\n', text.TrimEnd().Split('\n').Select(line => Columns().Replace(line.StartsWith("  ", StringComparison.Ordinal) ? line[2..] : line, "   # ")));

    [GeneratedRegex(@"(?<=\S) {3,}", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Columns();
}
