using System.CommandLine;
using Darkroom.Jobs.Editing;
using Darkroom.Worker.Cli;
using Darkroom.Worker.Tests.Processes;
using Spectre.Console;

namespace Darkroom.Worker.Tests.Cli;

/// <summary>Nothing that comes from outside steers the terminal.</summary>
public sealed class CleanOutputTests
{
    private const string Hostile = "x\e]52;c;aGk=\a\e[2J\u009b31m\u202e\u2066\rgone\b\bend";

    // Commands that print nothing of batches, schedules or servers, or that don't end by themselves.
    private static readonly string[] Others = ["demo", "simulate", "worker", "migrate", "key remove", "webhook test", "schedule remove"];

    [Fact]
    public void Writer_TextInPieces_IsCleanedAsOne()
    {
        var text = new StringWriter { NewLine = "\n" };
        var writer = CleanWriter.Before(text);
        foreach (var letter in "é😀\e[31m\r\n") writer.Write(letter);
        writer.Write("a\r");
        writer.Write("b\ud83d".ToCharArray(), 0, 2);
        writer.Write("\ude00\ud83d".AsSpan());
        writer.WriteLine("c\u202e");
        writer.WriteLine("{0}", Hostile[0]);
        text.ToString().ShouldBe("é😀 [31m\r\na b😀\ufffdc \nx\n");
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Console_TextFromOutside_IsCleanedAndOurOwnStyleStays(bool isTerminal)
    {
        var text = new StringWriter();
        var console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Ansi = isTerminal ? AnsiSupport.Yes : AnsiSupport.No,
            ColorSystem = isTerminal ? ColorSystemSupport.Standard : ColorSystemSupport.NoColors,
            Out = new AnsiConsoleOutput(text),
        });
        console.Profile.Width = 80;
        console.Pipeline.Attach(new CleanSegments());
        var table = new Table().AddColumns("name", "\e\e\e\e");
        table.AddRow(new Text(Hostile), new Text("\e\b\b\b\b\u0090"));
        console.Write(table);
        console.MarkupLineInterpolated($"[red]bad[/] {Hostile}");
        console.WriteLine(Hostile);

        var printed = text.ToString();
        if (isTerminal) printed.ShouldMatch(@"\e\[\d+mbad\e\[0m");
        var bare = System.Text.RegularExpressions.Regex.Replace(printed, @"\e\[\d+mbad\e\[0m", "bad", System.Text.RegularExpressions.RegexOptions.NonBacktracking);
        PlainText.Clean(bare).ShouldBe(bare);
        bare.ShouldContain("]52;c;aGk=");
    }

    [Fact]
    public async Task EveryCommand_BatchNamedWithControlSequences_PrintsNone()
    {
        await using var world = await CliWorld.CreateAsync();
        world.Folder.Write("m.jsonl", $"{{\"id\":\"a\",\"image\":\"https://shop.example/catalogue/mug.png\",\"prompt\":\"A forbidden-word {Escaped}\",\"tags\":{{\"brand\":\"{Escaped}\"}}}}\n");
        world.Folder.Write("bad.jsonl", $"{{\"id\":\"{Escaped}\",\"image\":\"{Escaped}\",\"{Escaped}\":1,\"tags\":{{\"{Escaped}\":1}}}}\n");
        var batch = (await world.RunAsync("submit", "m.jsonl", "--name", Hostile, "--json")).ShouldExit(0).Json["batch"]!.GetValue<string>();
        var runs = new List<string[]>
        {
            new[] { "run", "m.jsonl", "--name", Hostile }, new[] { "submit", Hostile }, new[] { "submit", "m.jsonl", "--name", Hostile },
            new[] { "validate", "bad.jsonl" }, new[] { "estimate", "bad.jsonl" }, new[] { "list" }, new[] { "status", batch }, new[] { "status", Hostile }, new[] { "watch", Hostile },
            new[] { "results", batch, "--format", "csv" }, new[] { "results", batch }, new[] { "report", "--by", "batch,user,tag:brand" }, new[] { "report", "--by", "tag:brand", "--format", "csv" },
            new[] { "report", "--by", Hostile }, new[] { "retry", Hostile }, new[] { "download", batch, "out" }, new[] { "download", Hostile, Hostile }, new[] { "pause", batch }, new[] { "resume", batch },
            new[] { "approve", Hostile }, new[] { "cancel", batch }, new[] { "purge", Hostile, "--dry-run" }, new[] { "reprice", Hostile }, new[] { "limits", Hostile }, new[] { "limits", "show", "--server", Hostile }, new[] { "limits", "forget", Hostile },
            new[] { "models", Hostile }, new[] { "doctor", "--audit", Hostile }, new[] { "key", "add", Hostile }, new[] { "key", "list" }, new[] { "schedule", "add", Hostile, "--cron", Hostile, "--manifest", Hostile },
            new[] { "schedule", "list" }, new[] { "schedule", "run", Hostile }, new[] { "schedule", "pause", Hostile }, new[] { "schedule", "resume", Hostile }, new[] { "schedule", "history", Hostile }, new[] { "webhook", "list" }, new[] { Hostile },
        };
        var told = runs.Select(run => run.Length > 1 ? $"{run[0]} {run[1]}" : run[0]).ToList();
        foreach (var command in Leaves()) (Others.Contains(command) || told.Any(one => one == command || one.StartsWith(command + " ", StringComparison.Ordinal))).ShouldBeTrue(command);
        foreach (var run in runs)
        {
            var result = await world.RunAsync(run);
            foreach (var printed in new[] { result.Out, result.Error }) PlainText.Clean(printed).ShouldBe(printed, string.Join(' ', run));
        }
    }

    private static string Escaped => System.Text.Json.JsonEncodedText.Encode(Hostile).Value;

    private static List<string> Leaves()
    {
        return [.. DarkroomCli.CreateRoot(new CliContext(TestSurroundings.In(AppContext.BaseDirectory))).Subcommands.SelectMany(command =>
            command.Subcommands.Count == 0 ? [command.Name] : command.Subcommands.Select(sub => $"{command.Name} {sub.Name}"))];
    }
}
