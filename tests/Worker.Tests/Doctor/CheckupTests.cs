using System.Text.Json.Nodes;
using Darkroom.Simulator;
using Darkroom.Testing.Postgres;
using Darkroom.Worker.Tests.Pace;
using Darkroom.Worker.Tests.Processes;
using Npgsql;

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
        // The edit route was asked once by each, with a form that it refuses.
        json[3]!["detail"]!.GetValue<string>().ShouldContain("its edit route is there (400 to an empty form)");
        (world.Simulator.Account.Summary.Requests, world.Simulator.Account.Billed.Count()).ShouldBe((2, 0));
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

    [Theory]
    [InlineData(404, "application/json", """{"error":{"message":"Invalid URL","type":"invalid_request_error"}}""", "The edit route isn't there: POST http://127.0.0.1:PORT/v1/images/edits answered 404 (Invalid URL).")]
    [InlineData(404, "application/json", """{"detail":"Not Found"}""", "/v1/images/edits answered 404 (Not Found).")]
    [InlineData(405, "text/plain", "", "The edit route isn't there: POST http://127.0.0.1:PORT/v1/images/edits answered 405.")]
    [InlineData(200, "text/html", "<!doctype html><title>Welcome</title>", "answered 200 with a web page.")]
    [InlineData(301, "text/html", "", "calls follow no redirect.")]
    public async Task Doctor_NoEditRoute_SaysSo(int status, string type, string body, string detail)
    {
        await using var server = await AnsweringServer.StartAsync(status, type, body);
        await using var world = await CliWorld.CreateAsync();
        world.Environment["OPENAI_BASE_URL"] = server.BaseUrl;

        var bad = (await world.RunAsync("doctor", "--json")).ShouldExit(1).Json.AsArray().Single(finding => !finding!["ok"]!.GetValue<bool>())!;

        bad["check"]!.GetValue<string>().ShouldBe("endpoint");
        bad["detail"]!.GetValue<string>().ShouldContain(detail.Replace("PORT", $"{server.Port}", StringComparison.Ordinal));
        bad["cure"]!.GetValue<string>().ShouldStartWith("Check OPENAI_BASE_URL");
        var form = server.Forms.ShouldHaveSingleItem();
        form.ShouldNotContain("name=image");
        form.ShouldNotContain("name=prompt");
        form.ShouldNotContain("name=model");
    }

    [Theory]
    [InlineData(400)]
    [InlineData(415)]
    [InlineData(422)]
    [InlineData(429)]
    public async Task Doctor_EditRouteThatRefusesTheForm_IsWell(int status)
    {
        await using var server = await AnsweringServer.StartAsync(status, "application/json", """{"error":{"message":"No."}}""");
        await using var world = await CliWorld.CreateAsync();
        world.Environment["OPENAI_BASE_URL"] = server.BaseUrl;

        Find((await world.RunAsync("doctor", "--json")).ShouldExit(0), "endpoint")["detail"]!.GetValue<string>().ShouldContain($"its edit route is there ({status} to an empty form)");
    }

    [Fact]
    public async Task Doctor_TemporaryFolderAndTimeZonesMissing_SaysSo()
    {
        await using var world = await CliWorld.CreateAsync();
        world.Environment["TMPDIR"] = Path.Combine(world.Folder.Path, "nowhere");
        world.Environment["TZDIR"] = world.Folder.Path;

        var doctor = (await world.RunAsync("doctor", "--json")).ShouldExit(1);
        Find(doctor, "temporary")["cure"]!.GetValue<string>().ShouldContain("TMPDIR");
        Find(doctor, "time zones")["cure"]!.GetValue<string>().ShouldContain("tzdata");
        var submit = (await world.RunAsync("submit", world.WriteManifest(), "--window", "22:00-06:00", "--window-zone", "Europe/Berlin")).ShouldExit(2);
        submit.Error.ShouldContain("This machine has no time zone database. Install tzdata");
    }

    [Fact]
    public async Task Commands_PoolerInTransactionMode_AreRefusedInOneSentence()
    {
        await using var world = await CliWorld.CreateAsync();
        await using var pooler = new TransactionPooler(world.Database.Server);
        world.ReachDatabaseBy(pooler.Port);

        foreach (var command in (string[][])[["worker", "--urls", "http://127.0.0.1:0"], ["run", world.WriteManifest()], ["submit", world.WriteManifest()], ["migrate"]])
        {
            var refused = (await world.RunAsync(command)).ShouldExit(2);
            refused.Error.ShouldContain("A connection pooler in transaction mode is between Darkroom and the database");
            refused.Error.ShouldContain("session-mode port, usually 5432");
            refused.Error.ShouldNotContain("Unhandled");
        }

        Find((await world.RunAsync("doctor", "--json")).ShouldExit(1), "database")["detail"]!.GetValue<string>().ShouldContain("in transaction mode");
        (await world.CountAsync("select count(*) from batch")).ShouldBe(0);
    }

    [Fact]
    public async Task Commands_AddressOfTheDatabase_WorkAndNeverShowThePassword()
    {
        await using var world = await CliWorld.CreateAsync();
        var at = new NpgsqlConnectionStringBuilder(world.Database.ConnectionString);
        var user = $"{Uri.EscapeDataString(at.Username!)}:{Uri.EscapeDataString(at.Password ?? "")}";
        world.Environment["ConnectionStrings__Postgres"] = $"postgresql://{user}@/{at.Database}?host={Uri.EscapeDataString(at.Host!)}&port={at.Port}&application_name=night&connect_timeout=20";
        (await world.RunAsync("doctor")).ShouldExit(0);
        (await world.RunAsync("run", world.WriteManifest(), "--size", "1024x1024", "--quality", "low")).ShouldExit(0);

        world.Environment["ConnectionStrings__Postgres"] = $"postgresql://{at.Username}:planted%@127.0.0.1:5432/{at.Database}";
        var refused = (await world.RunAsync("list")).ShouldExit(2);
        refused.Error.ShouldStartWith("ConnectionStrings:Postgres = (secret): a % in it isn't followed by two hexadecimal digits");
        (await world.RunAsync("doctor")).ShouldExit(1).Out.ShouldNotContain("planted");
        refused.Error.ShouldNotContain("planted");
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
