using Darkroom.Jobs.Running;
using Darkroom.Jobs.Schedules;
using Darkroom.Worker.Hangfire;
using Hangfire;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Darkroom.Worker.Tests.Hangfire;

/// <summary>A host with Hangfire, as one process has it, with short intervals.</summary>
internal sealed class JobNode : IAsyncDisposable
{
    /// <summary>Intervals that make a test's failures and deaths show within seconds.</summary>
    public static readonly HangfireTimings Timings = new()
    {
        PollInterval = TimeSpan.FromSeconds(1),
        SchedulePollInterval = TimeSpan.FromSeconds(1),
        InvisibilityTimeout = TimeSpan.FromSeconds(5),
    };

    private readonly IHost _host;

    public JobNode(string connectionString, RecordingHandler handler, int maxBatches = 4)
    {
        var builder = Host.CreateEmptyApplicationBuilder(settings: null);
        // Hangfire keeps the logger factory in a static place, where that of a test before would be a disposed one.
        builder.Services.AddSingleton<ILoggerFactory>(NullLoggerFactory.Instance);
        builder.Services.AddSingleton<IBatchJob>(handler);
        builder.Services.AddSingleton<IScheduleHandler>(handler);
        builder.Services.AddHangfireJobs(connectionString, new WorkerOptions { MaxBatches = maxBatches }, Timings);
        _host = builder.Build();
        Jobs = _host.Services.GetRequiredService<IBackgroundJobClientV2>();
        Recurring = _host.Services.GetRequiredService<IRecurringJobManagerV2>();
    }

    public IBackgroundJobClientV2 Jobs { get; }

    public IRecurringJobManagerV2 Recurring { get; }

    public Task EnqueueAsync(string batchId, int priority = 5) => BatchSweep.EnqueueAsync(Jobs, batchId, priority, CancellationToken.None);

    public Task PutAsync(Recurrence recurrence) => RecurringSchedules.PutAsync(Recurring, recurrence, DateTimeOffset.UtcNow, CancellationToken.None);

    public Task StartAsync() => _host.StartAsync();

    public Task StopAsync() => _host.StopAsync();

    public async ValueTask DisposeAsync()
    {
        await _host.StopAsync();
        if (_host is IAsyncDisposable host) await host.DisposeAsync();
    }
}
