using System.Diagnostics;
using System.Text.Json.Nodes;
using Darkroom.Simulator;
using Darkroom.Testing.Postgres;
using Darkroom.Worker.Tests.Processes;

namespace Darkroom.Worker.Tests.Estimates;

/// <summary>The real program in a folder of its own, with a real simulator over HTTP, and a database where one is asked for.</summary>
internal sealed class EstimateWorld : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);
    private readonly TestDatabase? _database;

    private EstimateWorld(SimulatorServer simulator, TestDatabase? database)
    {
        (Simulator, _database) = (simulator, database);
        Folder = Directory.CreateTempSubdirectory("darkroom-estimates-").FullName;
        Environment = new(StringComparer.Ordinal) { ["OPENAI_BASE_URL"] = simulator.BaseUrl.ToString(), ["OPENAI_API_KEY"] = "test" };
        if (database is not null) Environment["ConnectionStrings__Postgres"] = database.ConnectionString;
    }

    public SimulatorServer Simulator { get; }

    public string Folder { get; }

    public Dictionary<string, string?> Environment { get; }

    public static async Task<EstimateWorld> CreateAsync(bool withDatabase = true)
    {
        var database = withDatabase ? await TestDatabase.CreateAsync() : null;
        return new EstimateWorld(await SimulatorServer.StartAsync(new SimulatorOptions(), CancellationToken.None), database);
    }

    public static string Row(int at, string options) =>
        $$"""{"id":"item-{{at}}","image":"https://shop.example/catalogue/mug.png","prompt":"Put it on white, {{at}}","options":{{options}}}""";

    public string Write(string name, IEnumerable<string> lines)
    {
        File.WriteAllLines(Path.Combine(Folder, name), lines);
        return name;
    }

    public async Task<long> CountAsync(string sql)
    {
        await using var command = _database!.DataSource.CreateCommand(sql);
        return (long)(await command.ExecuteScalarAsync())!;
    }

    public async Task<(int Code, string Out, string Error)> FeedAsync(string? input, params string[] args)
    {
        using var process = Start(args);
        if (input is not null) await process.StandardInput.WriteAsync(input);
        process.StandardInput.Close();
        var output = process.StandardOutput.ReadToEndAsync();
        var error = process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync().WaitAsync(Patience);
        return (process.ExitCode, await output, await error);
    }

    public Task<(int Code, string Out, string Error)> RunAsync(params string[] args) => FeedAsync(input: null, args);

    public async Task<JsonObject> StatusAsync(string batch)
    {
        var (code, output, error) = await RunAsync("status", batch, "--json");
        code.ShouldBe(0, error);
        return JsonNode.Parse(output)!.AsObject();
    }

    /// <summary>Works on all open batches until the batch has ended.</summary>
    public async Task WorkAsync(string batch)
    {
        using var worker = Start(["worker", "--urls", "http://127.0.0.1:0"]);
        try
        {
            _ = worker.StandardOutput.ReadToEndAsync();
            _ = worker.StandardError.ReadToEndAsync();
            (await RunAsync("watch", batch)).Code.ShouldBe(0);
        }
        finally
        {
            worker.Kill();
            await worker.WaitForExitAsync();
        }
    }

    public async ValueTask DisposeAsync()
    {
        await Simulator.DisposeAsync();
        if (_database is not null) await _database.DisposeAsync();
        Directory.Delete(Folder, recursive: true);
    }

    private Process Start(IEnumerable<string> args)
    {
        var start = new ProcessStartInfo("dotnet")
        {
            UseShellExecute = false,
            WorkingDirectory = Folder,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.ArgumentList.Add(DarkroomProcess.Program);
        foreach (var arg in args) start.ArgumentList.Add(arg);
        foreach (var (name, value) in Environment) start.Environment[name] = value;
        return Process.Start(start)!;
    }
}
