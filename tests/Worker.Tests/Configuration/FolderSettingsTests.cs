using System.Runtime.Versioning;
using Darkroom.Worker.Configuration;
using Darkroom.Worker.Machine;
using Darkroom.Worker.Tests.Processes;

namespace Darkroom.Worker.Tests.Configuration;

/// <summary>Where a key may go, and who may say so: never a file that somebody else left in the folder.</summary>
[UnsupportedOSPlatform("windows")]
public sealed class FolderSettingsTests
{
    private const string Neighbours = """{ "Edit": { "BaseUrl": "https://evil.example/v1" }, "ConnectionStrings": { "Postgres": "Host=evil.example;Password=planted" } }""";

    [Theory]
    [InlineData("http://edits.example/v1", null, "Edit:BaseUrl is 'http://edits.example/v1': it must be an https address, since the key would go over the network in the clear")]
    [InlineData("http://127.0.0.1.evil.example/v1", null, "must be an https address")]
    [InlineData("http://edits.example/v1", "true", null)]
    [InlineData("https://edits.example/v1", null, null)]
    [InlineData("http://[::1]:9/v1", null, null)]
    public async Task Key_OverPlainHttpToAnotherMachine_IsRefusedUnlessTheEnvironmentAllowsIt(string address, string? allowed, string? said)
    {
        using var folder = new TemporaryFolder();
        folder.Write("appsettings.json", $$"""{ "Edit": { "BaseUrl": "{{address}}" } }""");
        folder.Write("m.jsonl", CliWorld.Row("a", "On white") + "\n");
        var environment = new Dictionary<string, string?>(StringComparer.Ordinal) { ["OPENAI_API_KEY"] = "sk-planted", ["Edit__AllowInsecure"] = allowed };
        var running = DarkroomCommand.RunAsync(folder.Path, environment, "estimate", "m.jsonl", "--size", "1024x1024", "--quality", "low");

        var result = await running;

        if (said is null) result.ShouldExit(0);
        else result.ShouldExit(2).Error.ShouldContain(said);
        result.Error.ShouldNotContain("planted");
    }

    [Theory]
    [InlineData("Edit")]
    [InlineData("Api")]
    public async Task AllowInsecure_InAFile_IsRefused(string section)
    {
        using var folder = new TemporaryFolder();
        folder.Write("appsettings.json", $$"""{ "{{section}}": { "AllowInsecure": true } }""");
        var running = DarkroomCommand.RunAsync(folder.Path, Empty, "models");

        (await running).ShouldExit(2).Error.ShouldContain($"{section}:AllowInsecure: set it in the environment ({section}__AllowInsecure)");
    }

    [Theory]
    [InlineData("0666", false, "every user can write in it")]
    [InlineData("0644", true, "it belongs to another user (12345)")]
    public async Task File_OfAnotherUser_IsRefusedWhereNobodyCanBeAsked(string mode, bool foreign, string said)
    {
        if (foreign && Environment.UserName != "root") Assert.Skip("Only root can give a file away.");
        using var folder = new TemporaryFolder();
        var file = folder.Write("appsettings.json", Neighbours);
        File.SetUnixFileMode(file, (UnixFileMode)Convert.ToInt32(mode, 8));
        if (foreign) await GiveAwayAsync(file);
        var running = DarkroomCommand.RunAsync(folder.Path, Empty, "models");

        var refused = (await running).ShouldExit(2);

        refused.Error.ShouldContain($"{file}: {said}, and its settings decide where your key and images go (Edit:BaseUrl = https://evil.example/v1, ConnectionStrings:Postgres)");
        refused.Error.ShouldNotContain("planted");
    }

    [Theory]
    [InlineData("y", true)]
    [InlineData("n", false)]
    [InlineData("", false)]
    [InlineData(null, false)]
    public void File_OfAnotherUser_IsAskedAboutAtATerminal(string? answer, bool used)
    {
        using var folder = new TemporaryFolder();
        var file = folder.Write("appsettings.json", Neighbours);
        File.SetUnixFileMode(file, (UnixFileMode)Convert.ToInt32("0666", 8));
        using var signals = new StopSignals();
        var error = new StringWriter();
        var terminal = TestSurroundings.Create(folder.Path, Empty, TextWriter.Null, error, signals) with { IsInputTerminal = true, IsErrorTerminal = true, ReadLine = () => answer };

        if (used) FolderSettings.RequireOwn(file, terminal);
        else Should.Throw<InvalidConfigurationException>(() => FolderSettings.RequireOwn(file, terminal)).Message.ShouldContain("isn't used: every user can write in it");

        error.ToString().ShouldContain("Edit:BaseUrl = https://evil.example/v1, ConnectionStrings:Postgres). Use it? [y/N]");
        error.ToString().ShouldNotContain("planted");
    }

    [Fact]
    public async Task File_LinkOfAnotherUser_IsRefused()
    {
        if (Environment.UserName != "root") Assert.Skip("Only root can give a file away.");
        using var folder = new TemporaryFolder();
        var own = folder.Write("own.json", "{}");
        File.CreateSymbolicLink(Path.Combine(folder.Path, "appsettings.json"), own);
        await GiveAwayAsync(Path.Combine(folder.Path, "appsettings.json"));
        var running = DarkroomCommand.RunAsync(folder.Path, Empty, "models");

        (await running).ShouldExit(2).Error.ShouldContain("it belongs to another user (12345)");
    }

    [Fact]
    public async Task BaseUrl_FromTheFolder_IsTold()
    {
        await using var world = await CliWorld.CreateAsync();
        world.Environment.Remove("OPENAI_BASE_URL");
        var file = world.Folder.Write("appsettings.json", $$"""{ "Edit": { "BaseUrl": "{{world.Simulator.BaseUrl}}" } }""");

        var run = (await world.RunAsync("run", world.WriteManifest(1), "--size", "1024x1024", "--quality", "low")).ShouldExit(0);

        run.Error.ShouldContain($"Edits go to {world.Simulator.BaseUrl} (Edit:BaseUrl in {file}).");
    }

    [Fact]
    public async Task Server_KeyOverPlainHttpToAnotherMachine_IsRefused()
    {
        using var folder = new TemporaryFolder();
        var environment = new Dictionary<string, string?>(StringComparer.Ordinal) { ["DARKROOM_API_KEY"] = "dk_planted" };
        var running = DarkroomCommand.RunAsync(folder.Path, environment, "list", "--server", "http://darkroom.example:5080");

        var refused = (await running).ShouldExit(2);

        refused.Error.ShouldContain("the access key would go over the network in the clear");
        refused.Error.ShouldNotContain("planted");
    }

    private static Dictionary<string, string?> Empty => new(StringComparer.Ordinal);

    private static async Task GiveAwayAsync(string file)
    {
        using var chown = System.Diagnostics.Process.Start("chown", ["-h", "12345", file]);
        await chown.WaitForExitAsync(TestContext.Current.CancellationToken);
        chown.ExitCode.ShouldBe(0);
    }
}
