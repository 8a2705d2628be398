using Darkroom.Jobs.Access;
using Darkroom.Jobs.Batches;
using Darkroom.Jobs.Costs;
using Darkroom.Jobs.Deadlines;
using Darkroom.Jobs.Estimates;
using Darkroom.Jobs.Outputs;
using Darkroom.Worker.Client;
using Darkroom.Worker.Hosting;
using Darkroom.Worker.Items;
using Darkroom.Worker.Progress;

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
    public static async Task<Desk> LocalAsync(CliContext context)
    {
        var session = await context.OpenAsync();
        return new Desk(CliContext.BuildServices(session, LogLevel.Warning), session, context.By);
    }

    /// <summary>Goes through a server.</summary>
    public static Desk Remote(DarkroomClient client, CliContext context)
    {
        var services = new ServiceCollection()
            .AddSingleton(_ => client).AddSingleton(context.Time)
            .AddSingleton<IBatchDesk, RemoteBatchDesk>().AddSingleton<IEstimateStore, RemoteEstimates>().AddSingleton<ICostReports, RemoteCostReports>()
            .AddSingleton<IItemDesk, RemoteItemDesk>()
            .AddSingleton<BatchWatcher>();
        return new Desk(services.BuildServiceProvider(), session: null, context.By);
    }

    /// <summary>One of the ports.</summary>
    public T Get<T>() where T : notnull => _services.GetRequiredService<T>();

    /// <summary>When a batch will be done; null where a server doesn't tell.</summary>
    public async Task<BatchForecast?> ForecastAsync(string batchId, CancellationToken cancellationToken) =>
        _services.GetService<IForecastStore>() is { } forecasts ? await forecasts.GetAsync(batchId, cancellationToken) : null;

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _services.DisposeAsync();
        if (_session is not null) await _session.DisposeAsync();
    }
}
