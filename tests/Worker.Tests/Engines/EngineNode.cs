using Darkroom.Jobs.Lanes;
using Darkroom.Jobs.Running;
using Darkroom.Worker.Engines;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Darkroom.Worker.Tests.Engines;

/// <summary>A host with an engine, as one process has it, with short intervals.</summary>
internal sealed class EngineNode : IAsyncDisposable
{
    /// <summary>Intervals that make a test's failures and deaths show within seconds.</summary>
    public static readonly EngineTimings Timings = new()
    {
        PollInterval = TimeSpan.FromSeconds(1),
        SchedulePollInterval = TimeSpan.FromSeconds(1),
        InvisibilityTimeout = TimeSpan.FromSeconds(5),
        CheckinInterval = TimeSpan.FromSeconds(1),
        CheckinGrace = TimeSpan.FromSeconds(3),
    };

    private readonly IHost _host;

    public EngineNode(string kind, string connectionString, RecordingHandler handler, int maxLanes = 4)
    {
        var builder = Host.CreateEmptyApplicationBuilder(settings: null);
        // Hangfire keeps the logger factory in a static place, where that of a test before would be a disposed one.
        builder.Services.AddSingleton<ILoggerFactory>(NullLoggerFactory.Instance);
        builder.Services.AddSingleton<ILaneHandler>(handler);
        builder.Services.AddSingleton<IScheduleHandler>(handler);
        builder.Services.AddJobEngine(new EngineOptions { Kind = kind, Timings = Timings }, connectionString, new WorkerOptions { MaxLanes = maxLanes });
        _host = builder.Build();
        Engine = _host.Services.GetRequiredService<IJobEngine>();
    }

    public IJobEngine Engine { get; }

    public Task StartAsync() => _host.StartAsync();

    public Task StopAsync() => _host.StopAsync();

    public async ValueTask DisposeAsync()
    {
        await _host.StopAsync();
        if (_host is IAsyncDisposable host) await host.DisposeAsync();
    }
}
