using Darkroom.Jobs.Batches;
using Darkroom.Jobs.Running;
using Darkroom.Jobs.Manifests;
using Darkroom.Jobs.Sources;
using Darkroom.Simulator;
using Darkroom.Testing.Postgres;
using Darkroom.Worker.Cli;
using Darkroom.Worker.Configuration;
using Darkroom.Worker.Hosting;
using Darkroom.Worker.Tests.Processes;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Darkroom.Worker.Tests.Sources;

/// <summary>A simulator, a database, a folder of pictures, and worker processes (as service providers of their own) that run batches on them, over real HTTP.</summary>
internal sealed class SourceWorld : IAsyncDisposable
{
    private readonly TestDatabase _database;
    private readonly Dictionary<string, string?> _settings = new(StringComparer.OrdinalIgnoreCase);

    private SourceWorld(TestDatabase database, SimulatorServer simulator) => (_database, Simulator) = (database, simulator);

    public SimulatorServer Simulator { get; }

    public string Folder { get; } = Directory.CreateTempSubdirectory("darkroom-sources-").FullName;

    public string Images => Path.Combine(Folder, "images");

    public HttpClient Http { get; } = new();

    /// <summary>The simulator's address without the API's path, with a slash at its end.</summary>
    public string Root => new Uri(Simulator.BaseUrl, "/").ToString();

    public TestDatabase Database => _database;

    public static async Task<SourceWorld> CreateAsync(SimulatorOptions? options = null, params (string Key, string Value)[] settings)
    {
        var database = await TestDatabase.CreateAsync();
        var world = new SourceWorld(database, await SimulatorServer.StartAsync(options ?? new SimulatorOptions(), TestContext.Current.CancellationToken));
        world._settings["ConnectionStrings:Postgres"] = database.ConnectionString;
        world._settings["Storage:Path"] = world.Images;
        world._settings["Storage:Durable"] = "false";
        world._settings["Edit:BaseUrl"] = world.Simulator.BaseUrl.ToString();
        world._settings["Edit:ApiKey"] = "sk-test-0123456789";
        foreach (var (key, value) in settings) world.Set(key, value);
        return world;
    }

    public void Set(string key, string value) => _settings[key] = value;

    /// <summary>A picture of the simulator's shop as a local file.</summary>
    public async Task<string> TakeAsync(string name, string? rename = null)
    {
        var path = Path.Combine(Folder, rename ?? name);
        await File.WriteAllBytesAsync(path, await Http.GetByteArrayAsync($"{Root}catalogue/{name}"));
        return path;
    }

    /// <summary>Runs a manifest to its end in so many processes.</summary>
    public async Task<(BatchStatus Status, IReadOnlyList<ItemResult> Results)> RunAsync(
        IEnumerable<string> lines, int processes = 1, bool deleteUploads = false, Action<IServiceCollection>? change = null, FetchedBy fetchedBy = FetchedBy.Service)
    {
        var cancel = TestContext.Current.CancellationToken;
        var manifest = Path.Combine(Folder, "m.jsonl");
        await File.WriteAllLinesAsync(manifest, lines, cancel);
        var workers = new List<ServiceProvider>();
        try
        {
            for (var i = 0; i < processes; i++) workers.Add(await WorkerAsync(change));
            var batch = new NewBatch(BatchIds.Create(TimeProvider.System), "test", BatchDefaults.Empty) { DeleteUploads = deleteUploads, FetchedBy = fetchedBy };
            await ManifestImport.ImportAsync(workers[0], manifest, batch, TestSurroundings.In(Folder), cancel);
            await Task.WhenAll(workers.Select(worker => WorkAsync(worker, batch.Id, cancel)));
            var batches = workers[0].GetRequiredService<IBatchStore>();
            return ((await batches.GetStatusAsync(batch.Id, cancel))!, await batches.ReadResultsAsync(batch.Id, cancel).ToListAsync(cancel));
        }
        finally
        {
            foreach (var worker in workers) await worker.DisposeAsync();
        }
    }

    public async Task<IReadOnlyList<string>> UploadedAsync(string column = "file_id")
    {
        await using var command = Database.DataSource.CreateCommand($"select {column} from uploaded_file order by 1");
        await using var reader = await command.ExecuteReaderAsync();
        var values = new List<string>();
        while (await reader.ReadAsync()) values.Add(reader.GetString(0));
        return values;
    }

    public async Task<System.Net.HttpStatusCode> FileAsync(HttpMethod method, string id)
    {
        using var request = new HttpRequestMessage(method, $"{Simulator.BaseUrl}/files/{id}");
        request.Headers.TryAddWithoutValidation("api-key", _settings["Edit:ApiKey"]);
        using var answer = await Http.SendAsync(request);
        return answer.StatusCode;
    }

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        await Simulator.DisposeAsync();
        await _database.DisposeAsync();
        Directory.Delete(Folder, recursive: true);
    }

    private static async Task WorkAsync(ServiceProvider worker, string batchId, CancellationToken cancel)
    {
        var loop = worker.GetRequiredService<WorkerLoop>();
        await loop.StartAsync(batchId, cancel);
        var working = worker.GetRequiredService<BatchJob>().RunOwnAsync(batchId, cancel);
        if (await Task.WhenAny(working, loop.Failed) == loop.Failed) await loop.Failed;
        await working;
        await loop.StopAsync();
    }

    private async Task<ServiceProvider> WorkerAsync(Action<IServiceCollection>? change)
    {
        var configuration = new ConfigurationBuilder().AddInMemoryCollection(_settings).Build();
        SettingsCheck.FindProblems(configuration).ShouldBeEmpty();
        var session = await DarkroomSession.OpenAsync(configuration, Folder, _ => { }, migrate: false, CancellationToken.None);
        var services = new ServiceCollection();
        services.AddLogging(logging => logging.SetMinimumLevel(LogLevel.None));
        change?.Invoke(services);
        services.AddDarkroom(session);
        services.AddSingleton(new SessionOwner(session));
        var provider = services.BuildServiceProvider();
        provider.ValidateOptions();
        _ = provider.GetRequiredService<SessionOwner>();
        return provider;
    }

    // Closes the session with the provider that was made for it.
    private sealed class SessionOwner(DarkroomSession session) : IAsyncDisposable
    {
        public ValueTask DisposeAsync() => session.DisposeAsync();
    }
}
