using System.Text.Json.Nodes;
using Darkroom.Simulator;
using Darkroom.Worker.Tests.Processes;

namespace Darkroom.Worker.Tests.Doctor;

public sealed class CheckupTests
{
    [Fact]
    public async Task Doctor_AllWell_ExitsWithZero()
    {
        await using var world = await CliWorld.CreateAsync();

        var json = (await world.RunAsync("doctor", "--json")).ShouldExit(0).Json.AsArray();
        var text = (await world.RunAsync("doctor")).ShouldExit(0).Out;

        json.Select(finding => finding!["check"]!.GetValue<string>()).ShouldBe(["configuration", "database", "store", "endpoint", "key"]);
        json.ShouldAllBe(finding => finding!["ok"]!.GetValue<bool>() && finding["cure"] == null && finding["detail"]!.GetValue<string>().Length > 0);
        json[1]!["detail"]!.GetValue<string>().ShouldContain("schema up to date");
        text.ShouldContain("ok   database");
        text.ShouldNotContain("BAD");
        world.Simulator.Account.Summary.Requests.ShouldBe(0);
    }

    [Fact]
    public async Task Doctor_DatabaseBehind_SaysThatTheNextCommandMigrates()
    {
        await using var world = await CliWorld.CreateAsync(migrate: false);

        Find(await world.RunAsync("doctor", "--json"), "database")["detail"]!.GetValue<string>().ShouldContain("to apply, which the next command does");
        (await world.CountAsync("select count(*) from information_schema.tables where table_schema = 'public'")).ShouldBe(0);
    }

    [Theory]
    [InlineData("database", "Check ConnectionStrings__Postgres", "ConnectionStrings__Postgres", "Host=127.0.0.1;Port=1;Username=u;Password=planted")]
    [InlineData("store", "Check Storage__Path", "Storage__Path", "a-file/images")]
    [InlineData("key", "Check OPENAI_API_KEY", "OPENAI_API_KEY", "sk-wrong")]
    [InlineData("endpoint", "Check OPENAI_BASE_URL", "OPENAI_BASE_URL", "http://127.0.0.1:1/v1")]
    [InlineData("configuration", "Correct the setting", "Worker__MaxInFlight", "0")]
    [InlineData("configuration", "Correct the setting", "Worker__MaxInFlght", "5")]
    [InlineData("configuration", "Correct the model book", "Models__Book", "nowhere.json")]
    public async Task Doctor_OneThingWrong_ExitsWithOneAndACure(string check, string cure, string variable, string value)
    {
        await using var world = await CliWorld.CreateAsync(new SimulatorOptions { ApiKey = CliWorld.Key });
        world.Folder.Write("a-file", "");
        world.Environment[variable] = value;

        var doctor = (await world.RunAsync("doctor", "--json")).ShouldExit(1);

        var bad = doctor.Json.AsArray().Single(finding => !finding!["ok"]!.GetValue<bool>())!;
        bad["check"]!.GetValue<string>().ShouldBe(check);
        bad["cure"]!.GetValue<string>().ShouldStartWith(cure);
        bad["detail"]!.GetValue<string>().ShouldNotBeEmpty();
        doctor.Out.ShouldNotContain("planted");
    }

    [Fact]
    public async Task Doctor_NoKeyForTheService_SaysSoWithoutAsking()
    {
        await using var world = await CliWorld.CreateAsync();
        world.Environment["OPENAI_API_KEY"] = null;
        world.Environment["OPENAI_BASE_URL"] = "https://images.example/v1";

        var doctor = (await world.RunAsync("doctor")).ShouldExit(1);

        doctor.Out.ShouldContain("BAD  key           not set");
        doctor.Out.ShouldContain("→ Set OPENAI_API_KEY (or Edit__ApiKey).");
    }

    private static JsonNode Find(CliResult doctor, string check) => doctor.Json.AsArray().Single(finding => finding!["check"]!.GetValue<string>() == check)!;
}
