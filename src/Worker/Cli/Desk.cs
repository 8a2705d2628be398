using Darkroom.Jobs.Access;
using Darkroom.Jobs.Batches;
using Darkroom.Jobs.Costs;
using Darkroom.Jobs.Deadlines;
using Darkroom.Jobs.Estimates;
using Darkroom.Jobs.Outputs;
using Darkroom.Jobs.Waits;
using Darkroom.Worker.Client;
using Darkroom.Worker.Hosting;
using Darkroom.Worker.Items;
using Darkroom.Worker.Limits;
using Darkroom.Worker.Progress;
using Darkroom.Worker.Schedules;

namespace Darkroom.Worker.Cli;

/// <summary>What a command works on: the same ports, over this machine's database or over a server.</summary>
internal sealed class Desk : IAsyncDisposable
{
    private readonly ServiceProvider _services;
    private readonly DarkroomSession? _session;

    private Desk(ServiceProvider services, DarkroomSession? session, Actor by) => (_services, _session, By) = (services, session, by);

    /// <summary>Who works; a server knows better, by the key.</summary>
    public Actor By { get; }

    /// <summary>The batches.</summary>
    public IBatchDesk Batches => Get<IBatchDesk>();

    /// <summary>Single items.</summary>
    public IItemDesk Items => Get<IItemDesk>();

    /// <summary>Where images are, or null when that is the server's to know.</summary>
    public string? Location => _session is null ? null : Get<IImageStore>().Location;

    /// <summary>Opens the database.</summary>
    public static async Task<Desk> LocalAsync(CliContext context, LogLevel logLevel = LogLevel.Warning)
    {
        var session = await context.OpenAsync();
        return new Desk(context.BuildServices(session, logLevel), session, context.By);
    }

    /// <summary>Goes through a server.</summary>
    public static Desk Remote(DarkroomClient client, CliContext context)
    {
        var services = new ServiceCollection()
            .AddSingleton(_ => client).AddSingleton(context.Time)
            .AddSingleton<IBatchDesk, RemoteBatchDesk>().AddSingleton<IEstimateStore, RemoteEstimates>().AddSingleton<ICostReports, RemoteCostReports>()
            .AddSingleton<IItemDesk, RemoteItemDesk>().AddSingleton<IScheduleDesk, RemoteScheduleDesk>().AddSingleton<ILimitDesk, RemoteLimitDesk>().AddSingleton<IForecasts, RemoteForecasts>().AddSingleton<IWaits, RemoteWaits>()
            .AddSingleton<BatchWatcher>();
        return new Desk(services.BuildServiceProvider(), session: null, context.By);
    }

    /// <summary>One of the ports.</summary>
    public T Get<T>() where T : notnull => _services.GetRequiredService<T>();

    /// <summary>When a batch will be done.</summary>
    public async Task<BatchForecast?> ForecastAsync(string batchId, CancellationToken cancellationToken) =>
        await Get<IForecasts>().GetAsync(batchId, cancellationToken);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _services.DisposeAsync();
        if (_session is not null) await _session.DisposeAsync();
    }
}
