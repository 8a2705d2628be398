namespace Darkroom.Jobs.Throttling;

/// <summary>A place within another one: within the caps of a batch, or the few of an endpoint that is unproven.</summary>
internal sealed class CappedPlace(ICallPlace outer, ICallPlace inner) : ICallPlace
{
    public Task StartAsync(CancellationToken cancellationToken) => inner.StartAsync(cancellationToken);

    public void Used(long tokens) => inner.Used(tokens);

    public async ValueTask DisposeAsync()
    {
        await inner.DisposeAsync();
        await outer.DisposeAsync();
    }
}
