using System.CommandLine;
using Darkroom.Worker.Cli;
using Darkroom.Worker.Tests.Processes;

namespace Darkroom.Worker.Tests.Cli;

public sealed class DarkroomCliTests
{
    public static TheoryData<string> Commands
    {
        get
        {
            return [.. DarkroomCli.CreateRoot(new CliContext(TestSurroundings.In(AppContext.BaseDirectory))).Subcommands.Select(command => command.Name)];
        }
    }

    [Fact]
    public void Commands_AreThoseOfTheContract() => Commands.Select(row => row.Data).Order(StringComparer.Ordinal).ShouldBe(
        ["approve", "cancel", "demo", "doctor", "download", "estimate", "key", "limits", "list", "migrate", "models", "pause", "purge", "report", "reprice", "results", "resume", "retry", "run", "schedule", "simulate", "status", "submit", "validate", "watch", "webhook", "worker"]);

    [Theory]
    [MemberData(nameof(Commands))]
    public async Task Help_OfEveryCommand_HasAnExampleAndEveryOptionExplained(string name)
    {
        var root = DarkroomCli.CreateRoot(new CliContext(TestSurroundings.In(AppContext.BaseDirectory)));
        await using var output = new StringWriter();

        var code = await root.Parse([name, "--help"]).InvokeAsync(new InvocationConfiguration { Output = output });

        code.ShouldBe(0);
        output.ToString().ShouldContain("Examples:");
        output.ToString().ShouldContain($"darkroom {name}");
        var command = root.Subcommands.Single(command => command.Name == name);
        command.Options.Where(option => string.IsNullOrWhiteSpace(option.Description)).Select(option => option.Name).ShouldBeEmpty();
        command.Arguments.Where(argument => string.IsNullOrWhiteSpace(argument.Description)).ShouldBeEmpty();
    }

    [Theory]
    [InlineData(2, "Unrecognized command or argument '--bogus'.\nSee: darkroom list --help\n", "list", "--bogus")]
    [InlineData(2, "Unrecognized command or argument 'frobnicate'.", "frobnicate")]
    [InlineData(2, "See: darkroom --help")]
    [InlineData(2, "Required argument 'BATCH' missing for command: 'status'.", "status")]
    [InlineData(2, "'xml' not recognized", "report", "--format", "xml")]
    public async Task CommandLine_NotUnderstood_ExitsWithTwoAndPointsToHelp(int code, string said, params string[] arguments)
    {
        using var folder = new TemporaryFolder();
        var running = DarkroomCommand.RunAsync(folder.Path, new Dictionary<string, string?>(StringComparer.Ordinal), arguments);

        var result = (await running).ShouldExit(code);

        result.Out.ShouldBeEmpty();
        result.Error.ShouldContain(said);
    }

    [Fact]
    public async Task Database_Refused_ExitsWithTwoAndPointsToDoctor()
    {
        using var folder = new TemporaryFolder();
        var environment = new Dictionary<string, string?>(StringComparer.Ordinal) { ["ConnectionStrings__Postgres"] = "Host=127.0.0.1;Port=1;Username=u;Password=planted-secret" };
        var running = DarkroomCommand.RunAsync(folder.Path, environment, "list");

        var result = (await running).ShouldExit(2);

        result.Error.ShouldStartWith("The database can't be used: ");
        result.Error.ShouldContain("'darkroom doctor' says more.");
        result.Error.ShouldNotContain("planted-secret");
    }

    [Fact]
    public async Task Models_ListTheBookWithoutADatabase()
    {
        using var folder = new TemporaryFolder();
        var nothing = new Dictionary<string, string?>(StringComparer.Ordinal);
        var table = DarkroomCommand.RunAsync(folder.Path, nothing, "models");
        var json = DarkroomCommand.RunAsync(folder.Path, nothing, "models", "--json");

        (await table).ShouldExit(0).Out.ShouldContain("gpt-image-2");
        var book = (await json).ShouldExit(0).Json;
        book["models"]!.ToJsonString().ShouldContain("gpt-image-2");
        Directory.Exists(folder.Home).ShouldBeFalse();
    }

    [Fact]
    public async Task Migrate_SaysWhatItWouldDoThenDoesItThenHasNothingToDo()
    {
        await using var world = await CliWorld.CreateAsync(migrate: false);

        (await world.RunAsync("migrate", "--dry-run")).ShouldExit(0).Out.ShouldStartWith("would apply 0001_batches");
        (await world.RunAsync("migrate", "--dry-run", "--json")).ShouldExit(0).Json["pending"]!.AsArray().Count.ShouldBeGreaterThan(0);
        (await world.RunAsync("migrate", "--json")).ShouldExit(0).Json["applied"]!.AsArray()[0]!.GetValue<string>().ShouldStartWith("0001_batches");
        (await world.RunAsync("migrate")).ShouldExit(0).Out.ShouldBe("The database is up to date.\n");
    }

    [Fact]
    public async Task Simulate_SaysWhereItIsAndStopsOnATerm()
    {
        using var folder = new TemporaryFolder();
        await using var process = DarkroomProcess.Start(folder.Path, new Dictionary<string, string?>(StringComparer.Ordinal), "simulate", "--port", "0", "--latency", "10ms", "--json");
        await process.UntilPrintedAsync("}");

        var address = System.Text.Json.Nodes.JsonNode.Parse(process.Out)!["base_url"]!.GetValue<string>();
        using var client = new HttpClient();
        (await client.GetAsync(new Uri(new Uri(address), "/simulator/account"))).IsSuccessStatusCode.ShouldBeTrue();
        await process.SignalAsync("TERM");

        (await process.WaitAsync()).ShouldExit(0);
    }

    [Theory]
    [InlineData("--faults: Fault '500=2'", "--faults", "500=2")]
    [InlineData("--latency takes a time such as 500ms, 2s or 00:00:02, not 'soon'.", "--latency", "soon")]
    [InlineData("ImagesPerMinute must be at least 1, not 0.", "--ipm", "0")]
    public async Task Simulate_BadArguments_ExitWithTwo(string reason, params string[] flags)
    {
        using var folder = new TemporaryFolder();
        var running = DarkroomCommand.RunAsync(folder.Path, new Dictionary<string, string?>(StringComparer.Ordinal), ["simulate", .. flags]);

        (await running).ShouldExit(2).Error.ShouldContain(reason);
    }
}
