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
        (await DumpAsync(world)).ShouldNotContain("planted");
        foreach (var file in Directory.EnumerateFiles(world.Folder.Path, "*", SearchOption.AllDirectories))
            Encoding.Latin1.GetString(await File.ReadAllBytesAsync(file)).ShouldNotContain("planted");
    }

    // Every row of every table, as text.
    private static async Task<string> DumpAsync(CliWorld world)
    {
        var tables = new List<string>();
        await using (var command = world.Database.DataSource.CreateCommand(
            "select format('%I.%I', table_schema, table_name) from information_schema.tables where table_type = 'BASE TABLE' and table_schema not in ('pg_catalog', 'information_schema')"))
        await using (var reader = await command.ExecuteReaderAsync())
        {
            while (await reader.ReadAsync()) tables.Add(reader.GetString(0));
        }

        tables.ShouldContain("public.attempt");
        var dump = new StringBuilder();
        foreach (var table in tables)
        {
            await using var command = world.Database.DataSource.CreateCommand($"select t::text from {table} t");
            await using var reader = await command.ExecuteReaderAsync();
            while (await reader.ReadAsync()) dump.AppendLine(reader.GetString(0));
        }

        dump.ToString().ShouldContain("item-1");
        return dump.ToString();
    }
}
