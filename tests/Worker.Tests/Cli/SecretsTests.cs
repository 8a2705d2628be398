using System.Text;
using Darkroom.Simulator;
using Darkroom.Simulator.Faults;
using Darkroom.Worker.Tests.Processes;

namespace Darkroom.Worker.Tests.Cli;

public sealed class SecretsTests
{
    private const string Planted = "sk-planted-0123456789abcdef";

    [Fact]
    public async Task Run_WithAPlantedKey_LeavesItNowhere()
    {
        await using var world = await CliWorld.CreateAsync(new SimulatorOptions { Faults = SimulatorFaults.Parse("500=0.2,key-refused-after=6") });
        world.Environment["OPENAI_API_KEY"] = Planted;
        world.Environment["Logging__LogLevel__Default"] = "Trace";
        world.Environment["Logging__LogLevel__Microsoft"] = "Information";
        var printed = new StringBuilder();

        var run = await world.RunAsync("run", world.WriteManifest(8), "--size", "1024x1024", "--quality", "low", "--json");
        var batch = run.ShouldExit(3).Json["batch"]!.GetValue<string>();
        run.Json["reason"]!.GetValue<string>().ShouldBe("key_refused");
        printed.Append(run.Out).Append(run.Error);
        string[][] commands = [["status", batch], ["results", batch], ["report", "--json"], ["doctor", "--json"], ["list"]];
        foreach (var command in commands)
        {
            var result = await world.RunAsync(command);
            printed.Append(result.Out).Append(result.Error);
        }

        world.Simulator.Account.Summary.Requests.ShouldBeGreaterThan(6);
        printed.ToString().ShouldNotContain(Planted);
        printed.ToString().ShouldNotContain("planted");
        await using var administrator = world.Database.OpenAsAdministrator();
        (await DatabaseDump.ReadAsync(administrator, TestContext.Current.CancellationToken)).ShouldNotContain("planted");
        foreach (var file in Directory.EnumerateFiles(world.Folder.Path, "*", SearchOption.AllDirectories))
            Encoding.Latin1.GetString(await File.ReadAllBytesAsync(file)).ShouldNotContain("planted");
    }

    /// <remarks>What a manifest says is kept as it is in <c>item.input</c>, signature and all, to be sent; and nowhere else.</remarks>
    [Theory]
    [InlineData("simple")]
    [InlineData("json")]
    public async Task Run_WithSecretsInSourcesHeadersAndConnections_LeavesThemNowhere(string format)
    {
        await using var world = await CliWorld.CreateAsync();
        var root = new Uri(world.Simulator.BaseUrl, "/");
        world.Environment["OPENAI_API_KEY"] = Planted;
        world.Environment["Sources__AllowedHosts__0"] = "127.0.0.1";
        world.Environment["Sources__Headers__127.0.0.1__Authorization"] = "Bearer planted-header-token";
        world.Environment["Sources__Azure__shop__Sas"] = "sv=2024-01-01&sig=plantedSignature%3D";
        world.Environment["Logging__LogLevel__Default"] = "Trace";
        world.Environment["Logging__LogLevel__Microsoft"] = "Trace";
        world.Environment["Logging__LogLevel__Npgsql"] = "Trace";
        world.Environment["Logging__Console__FormatterName"] = format;
        world.Folder.Write("m.jsonl", $$"""
            {"id":"item-1","image":"{{root}}catalogue/mug.png?sv=1&sig=plantedOne%2Bx","prompt":"p"}
            {"id":"item-2","image":"{{root}}catalogue/nothing.png?sv=1&sig=plantedTwo%2Bx","prompt":"p"}
            {"id":"item-3","image":"http://169.254.169.254/a.png?X-Amz-Signature=plantedThree","prompt":"p"}
            {"id":"item-4","image":"http://127.0.0.1:1/a.png?sig=plantedFour","prompt":"p"}

            """);
        var printed = new StringBuilder();

        var run = await world.RunAsync("run", "m.jsonl", "--fetch", "worker", "--max-attempts", "1", "--size", "1024x1024", "--quality", "low", "--json");
        var batch = run.ShouldExit(1).Json["batch"]!.GetValue<string>();
        run.Json["items"]!["succeeded"]!.GetValue<int>().ShouldBe(1);
        printed.Append(run.Out).Append(run.Error);
        string[][] commands = [["status", batch, "--json"], ["results", batch], ["doctor", "--json"]];
        foreach (var command in commands)
        {
            var result = await world.RunAsync(command);
            printed.Append(result.Out).Append(result.Error);
        }

        // A database that refuses, or can't be asked, says so without the password.
        world.Environment["ConnectionStrings__Postgres"] = "Host=127.0.0.1;Port=1;Username=u;Password=planted-password;Timeout=5";
        var away = await world.RunAsync("list");
        printed.Append(away.ShouldExit(2).Out).Append(away.Error);

        printed.ToString().ShouldContain("HTTP 404");
        printed.ToString().ShouldNotContain("planted");
        (await world.CountAsync("select count(*) from item where input::text like '%planted%'")).ShouldBe(4);
        await using (var command = world.Database.DataSource.CreateCommand("update item set input = '{\"images\":[]}'")) await command.ExecuteNonQueryAsync();
        await using var administrator = world.Database.OpenAsAdministrator();
        (await DatabaseDump.ReadAsync(administrator, TestContext.Current.CancellationToken)).ShouldNotContain("planted");
    }
}
