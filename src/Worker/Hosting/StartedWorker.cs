using Darkroom.Worker.Access;
using Darkroom.Worker.Cli;

namespace Darkroom.Worker.Hosting;

/// <summary>A worker's session and its host, started; disposed together.</summary>
internal sealed class StartedWorker : IAsyncDisposable
{
    private readonly DarkroomSession _session;

    private StartedWorker(DarkroomSession session, WebApplication app) => (_session, App) = (session, app);

    /// <summary>The host.</summary>
    public WebApplication App { get; }

    /// <summary>Opens the session, composes the host and starts it; what fails half way is taken down again.</summary>
    public static async Task<StartedWorker> StartAsync(CliContext context, string urls)
    {
        var session = await context.OpenForWorkAsync();
        WebApplication? app = null;
        try
        {
            // Hangfire looks after its tables while the host is composed, and can't be canceled there.
            app = await Task.Run(() => WorkerHost.BuildAsync(session, context.Surroundings, urls, context.Signals.Stop), CancellationToken.None).WaitAsync(context.Signals.Now);
            EndpointCheck.RequireKey(context, app.Services);
            await CliContext.RequireStoreAsync(app.Services, context.Signals.Stop);
            var token = await WorkerHost.FindTokenAsync(app, context.Signals.Stop);
            await WorkerHost.StartAsync(app, context.Signals);
            if (token is not null) await context.Error.WriteLineAsync($"Open in a browser on this machine: {app.Urls.First().TrimEnd('/')}/?{LocalToken.Parameter}={token}");
            return new StartedWorker(session, app);
        }
        catch
        {
            if (app is not null) await app.DisposeAsync();
            await session.DisposeAsync();
            throw;
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await App.DisposeAsync();
        await _session.DisposeAsync();
    }
}
