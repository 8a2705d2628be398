namespace Darkroom.Jobs.Throttling;

/// <summary>A place within the caps of a batch and the limits of its group.</summary>
internal sealed class CappedPlace(ICallPlace batch, ICallPlace group) : ICallPlace
{
    public Task StartAsync(CancellationToken cancellationToken) => group.StartAsync(cancellationToken);

    public void Used(long tokens) => group.Used(tokens);

    public async ValueTask DisposeAsync()
    {
        await group.DisposeAsync();
        await batch.DisposeAsync();
    }
}
