using System.Net.Http.Headers;
using System.Text.Json;
using System.Text.Json.Nodes;
using Darkroom.Simulator;
using Darkroom.Testing.Postgres;

namespace Darkroom.Worker.Tests.Processes;

/// <summary>One test's world: a folder, a database, a simulator, and the program run among them.</summary>
internal sealed class CliWorld : IAsyncDisposable
{
    public const string Key = "sk-test-key";

    private readonly List<DarkroomProcess> _started = [];

    private CliWorld(TestDatabase database, SimulatorServer simulator)
    {
        (Database, Simulator) = (database, simulator);
        Environment = new Dictionary<string, string?>(StringComparer.Ordinal)
        {
            ["OPENAI_API_KEY"] = Key,
            ["OPENAI_BASE_URL"] = simulator.BaseUrl.ToString(),
            ["ConnectionStrings__Postgres"] = database.ConnectionString,
            // The catalogue's host isn't there; the simulator knows its images by heart.
            ["Reuse__Record"] = "false",
        };
    }

    public TemporaryFolder Folder { get; } = new();

    public TestDatabase Database { get; }

    public SimulatorServer Simulator { get; }

    /// <summary>What every process of this world gets.</summary>
    public Dictionary<string, string?> Environment { get; }

    public static async Task<CliWorld> CreateAsync(SimulatorOptions? simulator = null, bool migrate = true) =>
        await CreateAsync(await TestDatabase.CreateAsync(migrate), simulator);

    /// <summary>A world on a database of the caller's choice, which it takes over.</summary>
    public static async Task<CliWorld> CreateAsync(TestDatabase database, SimulatorOptions? simulator = null)
    {
        return new CliWorld(database, await SimulatorServer.StartAsync(simulator ?? new SimulatorOptions(), TestContext.Current.CancellationToken));
    }

    /// <summary>Starts the program in a process.</summary>
    public DarkroomProcess Start(params string[] arguments)
    {
        var process = DarkroomProcess.Start(Folder.Path, Environment, arguments);
        _started.Add(process);
        return process;
    }

    /// <summary>Runs a command to its end: in this process, unless it is a worker or its environment needs a process.</summary>
    public Task<CliResult> RunAsync(params string[] arguments) =>
        arguments is ["worker" or "demo", ..] || DarkroomCommand.NeedsProcess(Environment) ? RunProcessAsync(arguments) : DarkroomCommand.RunAsync(Folder.Path, Environment, arguments);

    /// <summary>Runs the program to its end in a process of its own.</summary>
    public Task<CliResult> RunProcessAsync(params string[] arguments) => Start(arguments).WaitAsync();

    /// <summary>Starts a worker on a free port.</summary>
    public DarkroomProcess StartWorker() => Start("worker", "--urls", "http://127.0.0.1:0");

    /// <summary>A client of this machine's own user, with the token of this world's workers, once a worker listens.</summary>
    public async Task<HttpClient> ClientOfAsync(DarkroomProcess worker)
    {
        await worker.UntilPrintedAsync("/health/ready tells how it is");
        var address = worker.Error.Split("Listening on ")[1].Split(';')[0];
        return LocalClient(new Uri(address));
    }

    /// <summary>A client with the token of this world's workers.</summary>
    public HttpClient LocalClient(Uri address) => new(new HttpClientHandler { UseProxy = false })
    {
        BaseAddress = address,
        Timeout = TimeSpan.FromMinutes(3),
        DefaultRequestHeaders = { Authorization = new AuthenticationHeaderValue("Bearer", Token) },
    };

    /// <summary>The token of this world's workers, which the first one makes.</summary>
    public string Token => File.ReadAllText(Path.Combine(Folder.Home, "token")).Trim();

    /// <summary>Writes a manifest of rows that the simulator takes; returns its name.</summary>
    public string WriteManifest(int items = 2, string prompt = "Put it on white", string name = "catalogue.jsonl")
    {
        Folder.Write(name, string.Concat(Enumerable.Range(1, items).Select(number => Row($"item-{number}", prompt, number == 1 ? "" : $"?row={number}") + "\n")));
        return name;
    }

    /// <summary>A row that the simulator takes; without a query of its own it is a duplicate of others with its prompt.</summary>
    public static string Row(string id, string prompt, string query = "") =>
        new JsonObject { ["id"] = id, ["image"] = "https://shop.example/catalogue/mug.png" + query, ["prompt"] = prompt }.ToJsonString();

    /// <summary>Submits a manifest of rows that the simulator takes; returns the batch.</summary>
    public async Task<string> SubmitAsync(int items = 2, params string[] flags)
    {
        var submitted = await RunAsync(["submit", WriteManifest(items), "--size", "1024x1024", "--quality", "low", "--json", .. flags]);
        return submitted.ShouldExit(0).Json["batch"]!.GetValue<string>();
    }

    /// <summary>What <c>status --json</c> says.</summary>
    public async Task<JsonNode> StatusAsync(string batch) => (await RunAsync("status", batch, "--json")).ShouldExit(0).Json;

    /// <summary>One number out of the database.</summary>
    public async Task<long> CountAsync(string sql)
    {
        await using var command = Database.DataSource.CreateCommand(sql);
        return Convert.ToInt64(await command.ExecuteScalarAsync(TestContext.Current.CancellationToken));
    }

    /// <summary>One text out of the database.</summary>
    public async Task<string?> TextAsync(string sql)
    {
        await using var command = Database.DataSource.CreateCommand(sql);
        return await command.ExecuteScalarAsync(TestContext.Current.CancellationToken) as string;
    }

    /// <summary>Waits until the simulator has so many calls at work; where that takes too long, tells what every process has printed.</summary>
    public async Task UntilInFlightAsync(int calls)
    {
        try
        {
            await Poll.UntilAsync(() => Simulator.Account.Summary.InFlight >= calls, $"{calls} calls in flight");
        }
        catch (TimeoutException late)
        {
            var batches = await TextAsync("select string_agg(concat_ws(' ', id, state, job_process_id, job_at), E'\n' order by id) from batch");
            var printed = _started.Select(process => $"\nProcess {process.Id}{(process.HasExited ? ", which has ended" : "")}:\n{process.Out}{process.Error}");
            throw new TimeoutException($"{late.Message} There are {Simulator.Account.Summary.InFlight}. Batches:\n{batches}{string.Concat(printed)}", late);
        }
    }

    /// <summary>The tokens that the account billed, by the usage that it sent.</summary>
    public (long InputText, long InputImage, long Output) BilledTokens()
    {
        var (text, image, output) = (0L, 0L, 0L);
        foreach (var edit in Simulator.Account.Billed)
        {
            using var usage = JsonDocument.Parse(edit.UsageJson!);
            text += usage.RootElement.GetProperty("input_tokens_details").GetProperty("text_tokens").GetInt64();
            image += usage.RootElement.GetProperty("input_tokens_details").GetProperty("image_tokens").GetInt64();
            output += usage.RootElement.GetProperty("output_tokens").GetInt64();
        }

        return (text, image, output);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var process in _started) await process.DisposeAsync();
        await Simulator.DisposeAsync();
        await Database.DisposeAsync();
        Folder.Dispose();
    }
}
