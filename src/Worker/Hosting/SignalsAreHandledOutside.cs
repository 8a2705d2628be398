namespace Darkroom.Worker.Hosting;

/// <summary>A lifetime that listens to nothing: <see cref="Machine.StopSignals"/> does, so that a second signal can mean more than the first.</summary>
internal sealed class SignalsAreHandledOutside : IHostLifetime
{
    public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
