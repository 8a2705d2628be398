using Darkroom.Simulator;
using Darkroom.Worker.Tests.Processes;

namespace Darkroom.Worker.Tests.Configuration;

/// <summary>Configuration as a process sees it: environment, file and their order.</summary>
public sealed class DarkroomConfigurationTests
{
    [Theory]
    [InlineData("Worker__MaxInFlight", "0", "Worker:MaxInFlight: '0' must be from 1 to 10000.")]
    [InlineData("Worker__LeaseTime", "00:00:01", "Worker:LeaseTime: '00:00:01' must be from 00:00:05 to 00:10:00.")]
    [InlineData("Limits__Default__ImagesPerMinute", "-1", "Limits:Default:ImagesPerMinute: '-1' must be from 0.001 to 10000000.")]
    [InlineData("Edit__Timeout", "00:00:00", "Edit:Timeout is '00:00:00': it must be more than zero and at most a day.")]
    [InlineData("OPENAI_BASE_URL", "nonsense", "Edit:BaseUrl is 'nonsense': it must be an absolute http or https address.")]
    [InlineData("OPENAI_API_KEY", "planted secret", "Edit:ApiKey is '(hidden)': it must be printable ASCII without spaces or line breaks.")]
    [InlineData("Storage__Azure__ConnectionString", "planted", "Storage:Azure:ConnectionString is no connection string")]
    [InlineData("ConnectionStrings__Postgres", "Host=127.0.0.1;Passwrod=planted", "ConnectionStrings:Postgres = (secret): ")]
    [InlineData("Models__Book", "nowhere.json", "nowhere.json")]
    public async Task Run_SettingOutOfRange_ExitsWithTwoAndKeyValueAndReason(string variable, string value, string said)
    {
        await using var world = await CliWorld.CreateAsync();
        world.Environment[variable] = value;

        var run = (await world.RunAsync("run", world.WriteManifest())).ShouldExit(2);

        run.Error.ShouldContain(said);
        run.Error.ShouldNotContain("planted");
        run.Error.ShouldNotContain("Unhandled exception");
    }

    [Fact]
    public async Task Worker_EngineChosen_ExitsWithTwo()
    {
        await using var world = await CliWorld.CreateAsync();
        world.Environment["Engine__Kind"] = "hangfire";

        (await world.RunAsync("worker", "--urls", "http://127.0.0.1:0")).ShouldExit(2).Error.ShouldContain("Engine:Kind: there is no choice of engine any more");
    }

    [Theory]
    [InlineData("OPENAI_API_KEY_FILE", "key.txt", "key.txt")]
    [InlineData("DARKROOM_SECRETS", "secrets", "secrets/OPENAI_API_KEY")]
    [InlineData("DARKROOM_SECRETS", "secrets", "secrets/Edit__ApiKey")]
    public async Task Load_KeyInAFile_IsTheKey(string variable, string value, string file)
    {
        await using var world = await CliWorld.CreateAsync(new SimulatorOptions { ApiKey = "sk-right" });
        Directory.CreateDirectory(Path.Combine(world.Folder.Path, "secrets"));
        await File.WriteAllTextAsync(Path.Combine(world.Folder.Path, file), "sk-right\n", TestContext.Current.CancellationToken);
        world.Environment.Remove("OPENAI_API_KEY");
        world.Environment[variable] = value;

        (await world.RunAsync("doctor", "--json")).ShouldExit(0);

        world.Environment["OPENAI_API_KEY_FILE"] = "missing.txt";
        (await world.RunAsync("list")).ShouldExit(2).Error.ShouldContain("OPENAI_API_KEY_FILE = 'missing.txt': the file can't be read");
    }

    [Fact]
    public async Task Load_ConventionalVariables_YieldToEditSettings()
    {
        await using var world = await CliWorld.CreateAsync(new SimulatorOptions { ApiKey = "sk-right" });
        world.Environment["Edit__BaseUrl"] = world.Simulator.BaseUrl.ToString();
        world.Environment["Edit__ApiKey"] = "sk-right";
        world.Environment["OPENAI_BASE_URL"] = "http://127.0.0.1:1/v1";
        world.Environment["OPENAI_API_KEY"] = "sk-wrong";

        var findings = (await world.RunAsync("doctor", "--json")).ShouldExit(0).Json.AsArray();

        findings.Single(finding => finding!["check"]!.GetValue<string>() == "endpoint")!["detail"]!.GetValue<string>().ShouldBe($"{world.Simulator.BaseUrl} answers (200), and its edit route is there (400 to an empty form)");
    }

    [Fact]
    public async Task Load_File_IsOverTheConventionAndUnderTheEnvironment()
    {
        await using var world = await CliWorld.CreateAsync(new SimulatorOptions { ApiKey = "sk-right" });
        world.Environment["OPENAI_BASE_URL"] = "http://127.0.0.1:1/v1";
        world.Environment["OPENAI_API_KEY"] = "sk-wrong";
        world.Environment["Edit__ApiKey"] = "sk-right";
        world.Folder.Write("appsettings.json", $$"""{ "Edit": { "BaseUrl": "{{world.Simulator.BaseUrl}}", "ApiKey": "sk-other" } }""");

        (await world.RunAsync("doctor")).ShouldExit(0);
    }

    [Fact]
    public async Task Load_FileWithoutEnd_ExitsWithTwoAndThePlace()
    {
        using var folder = new TemporaryFolder();
        folder.Write("appsettings.json", """{ "Edit": { "ApiKey": "planted" """);
        var running = DarkroomCommand.RunAsync(folder.Path, new Dictionary<string, string?>(StringComparer.Ordinal), "models");

        var result = (await running).ShouldExit(2);

        result.Error.ShouldContain("appsettings.json: ");
        result.Error.ShouldContain("LineNumber");
        result.Error.ShouldNotContain("planted");
        result.Error.ShouldNotContain("Unhandled exception");
    }

    [Fact]
    public async Task Load_FileWithAWrongKey_ExitsWithTwo()
    {
        using var folder = new TemporaryFolder();
        folder.Write("appsettings.json", """{ "Worker": { "MaxInflght": 5 } }""");
        var running = DarkroomCommand.RunAsync(folder.Path, new Dictionary<string, string?>(StringComparer.Ordinal), "models");

        (await running).ShouldExit(2).Error.ShouldStartWith("Worker:MaxInflght = '5': there is no such setting; did you mean \"MaxInFlight\"");
    }
}
