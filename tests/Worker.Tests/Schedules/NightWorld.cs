using Darkroom.Jobs.Access;
using Darkroom.Jobs.Batches;
using Darkroom.Jobs.Schedules;
using Darkroom.Storage.Postgres;
using Darkroom.Testing.Postgres;
using Darkroom.Worker.Hangfire;
using Darkroom.Worker.Hosting;
using Darkroom.Worker.Tests.Processes;
using Hangfire;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using NSubstitute;

namespace Darkroom.Worker.Tests.Schedules;

/// <summary>Several processes' services on one database, with a clock that the test holds.</summary>
internal sealed class NightWorld : IAsyncDisposable
{
    private readonly List<ServiceProvider> _processes = [];

    private NightWorld(TestDatabase database) => Database = database;

    public TestDatabase Database { get; }

    public TemporaryFolder Folder { get; } = new();

    public FakeTimeProvider Time { get; } = new();

    public IRecurringJobManagerV2 Recurring { get; } = Substitute.For<IRecurringJobManagerV2>();

    public static Actor Tester { get; } = new("test", "test");

    public IScheduleStore Store => new PostgresScheduleStore(Database.DataSource);

    public IBatchStore Batches => new PostgresBatchStore(Database.DataSource);

    public static async Task<NightWorld> CreateAsync(string now)
    {
        var world = new NightWorld(await TestDatabase.CreateAsync());
        world.At(now);
        return world;
    }

    public void At(string now) => Time.SetUtcNow(DateTimeOffset.Parse(now, System.Globalization.CultureInfo.InvariantCulture));

    /// <summary>A process of its own, as far as memory goes.</summary>
    public IServiceProvider Process(params (string Key, string Value)[] settings)
    {
        var services = new ServiceCollection();
        services.AddSingleton<Microsoft.Extensions.Logging.ILoggerFactory>(NullLoggerFactory.Instance);
        services.AddLogging();
        services.AddDarkroomPlanning(new ConfigurationBuilder().AddInMemoryCollection(settings.Select(setting => KeyValuePair.Create(setting.Key, (string?)setting.Value))).Build());
        services.AddPostgresState(Database.DataSource);
        services.AddSingleton<TimeProvider>(Time);
        services.AddSingleton(Recurring);
        services.AddSingleton(Substitute.For<IBackgroundJobClientV2>());
        services.AddSingleton<RecurringSchedules>();
        _processes.Add(services.BuildServiceProvider());
        return _processes[^1];
    }

    public string WriteManifest(params string[] rows)
    {
        Folder.Write("catalogue.jsonl", string.Join('\n', rows.DefaultIfEmpty(CliWorld.Row("item-1", "Put it on white"))) + "\n");
        return Path.Combine(Folder.Path, "catalogue.jsonl");
    }

    /// <summary>Adds a schedule of every night at 02:30 in Berlin.</summary>
    public async Task<Schedule> AddAsync(string manifest, ScheduleOverlap overlap = ScheduleOverlap.Skip, string? deadline = null)
    {
        var schedule = new Schedule("nightly", "30 2 * * *", "Europe/Berlin", manifest, new BatchTemplate(), Time.GetUtcNow()) { Overlap = overlap, Deadline = deadline };
        (await Store.AddAsync(schedule, replace: false, Tester, CancellationToken.None)).ShouldBeTrue();
        return schedule;
    }

    public Task<IReadOnlyList<ScheduleRun>> RunsAsync() => Store.ListRunsAsync("nightly", 100, CancellationToken.None);

    public async Task<long> CountBatchesAsync()
    {
        await using var command = Database.DataSource.CreateCommand("select count(*) from batch");
        return (long)(await command.ExecuteScalarAsync(TestContext.Current.CancellationToken))!;
    }

    /// <summary>Ends all batches, so that the next night finds the way free.</summary>
    public async Task EndBatchesAsync()
    {
        foreach (var batch in await Batches.ListAsync(100, CancellationToken.None)) await Batches.ApplyAsync(batch.Batch.Id, BatchAction.Cancel, Tester, CancellationToken.None);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var process in _processes) await process.DisposeAsync();
        await Database.DisposeAsync();
        Folder.Dispose();
    }
}
