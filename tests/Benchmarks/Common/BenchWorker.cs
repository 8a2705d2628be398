using System.Diagnostics;
using Darkroom.Jobs.Batches;
using Darkroom.Jobs.Editing;
using Darkroom.Jobs.Manifests;
using Darkroom.Jobs.Reuse;
using Darkroom.Jobs.Running;
using Darkroom.Worker.Configuration;
using Darkroom.Worker.Hosting;
using Darkroom.Worker.Machine;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Darkroom.Benchmarks.Common;

/// <summary>A worker in this process, composed as the command line does it, without Hangfire.</summary>
internal sealed class BenchWorker : IAsyncDisposable
{
    private readonly DarkroomSession _session;
    private readonly ServiceProvider _services;
    private readonly WorkerLoop _loop;

    private BenchWorker(DarkroomSession session, ServiceProvider services) =>
        (_session, _services, _loop) = (session, services, services.GetRequiredService<WorkerLoop>());

    /// <summary>Items in flight now.</summary>
    public int InFlight => _services.GetRequiredService<Pump>().InFlight;

    /// <summary>Composes one and starts its loops; it has nothing to do yet.</summary>
    public static async Task<BenchWorker> StartAsync(
        string connectionString, SimulatorProcess simulator, string images, int maxInFlight, bool durable, Action<IServiceCollection>? configure = null) =>
        await StartAsync(connectionString, simulator.BaseUrl, images, maxInFlight, durable, [], configure);

    /// <summary>The same, with settings of its own.</summary>
    public static async Task<BenchWorker> StartAsync(
        string connectionString, Uri baseUrl, string images, int maxInFlight, bool durable, IEnumerable<KeyValuePair<string, string?>> settings,
        Action<IServiceCollection>? configure = null)
    {
        var surroundings = CommandSurroundings.OfProcess(new StopSignals()) with { Folder = images };
        var configuration = DarkroomConfiguration.Load(surroundings,
        [
            new("ConnectionStrings:Postgres", connectionString),
            new($"{EndpointOptions.Section}:{nameof(EndpointOptions.BaseUrl)}", baseUrl.ToString()),
            new($"{EndpointOptions.Section}:{nameof(EndpointOptions.ApiKey)}", "benchmark"),
            new("Storage:Path", images),
            new("Storage:Durable", durable ? "true" : "false"),
            new($"{WorkerOptions.Section}:{nameof(WorkerOptions.MaxInFlight)}", $"{maxInFlight}"),
            // The catalogue's hosts aren't there, and whoever asks them for versions waits for the resolver.
            new("Reuse:Record", "false"),
            .. settings,
        ]);
        var session = await DarkroomSession.OpenAsync(configuration, images, Console.Error.WriteLine, migrate: false, CancellationToken.None);
        var services = new ServiceCollection();
        services.AddLogging(logging => DarkroomLogging.Configure(logging, session.Configuration, surroundings, LogLevel.Warning));
        services.AddDarkroom(session);
        configure?.Invoke(services);
        var provider = services.BuildServiceProvider();
        provider.ValidateOptions();
        var worker = new BenchWorker(session, provider);
        await worker._loop.StartAsync(onlyBatchId: null, CancellationToken.None);
        return worker;
    }

    /// <summary>Imports a batch.</summary>
    public async Task<string> ImportAsync(IAsyncEnumerable<PlannedItem> items, ReuseMode reuse = ReuseMode.Duplicates)
    {
        var batch = new NewBatch(BatchIds.Create(TimeProvider.System), "benchmark", BatchDefaults.Empty) { Reuse = reuse };
        await _services.GetRequiredService<IBatchStore>().ImportAsync(batch, items, CancellationToken.None);
        return batch.Id;
    }

    /// <summary>Works on a batch until it has finished.</summary>
    /// <returns>The time it took.</returns>
    /// <exception cref="InvalidOperationException">An item didn't succeed.</exception>
    public async Task<TimeSpan> WorkAsync(string batchId)
    {
        var started = Stopwatch.GetTimestamp();
        var working = _services.GetRequiredService<BatchJob>().RunOwnAsync(batchId, CancellationToken.None);
        await (await Task.WhenAny(working, _loop.Failed));
        var elapsed = Stopwatch.GetElapsedTime(started);
        var status = await _services.GetRequiredService<IBatchStore>().GetStatusAsync(batchId, CancellationToken.None);
        if (status?.Batch.State != BatchState.Completed) throw new InvalidOperationException($"The batch is {status?.Batch.State}: {status?.Batch.Detail ?? $"{status?.Items}"}");
        return elapsed;
    }

    /// <summary>Works on batches, all at once, until canceled.</summary>
    public async Task WorkAsync(IEnumerable<string> batchIds, CancellationToken cancellationToken)
    {
        var jobs = _services.GetRequiredService<BatchJob>();
        await Task.WhenAll(batchIds.Select(batchId => jobs.RunOwnAsync(batchId, cancellationToken)));
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        _services.GetRequiredService<Pump>().Abort();
        await _loop.StopAsync();
        await _services.DisposeAsync();
        await _session.DisposeAsync();
    }
}
