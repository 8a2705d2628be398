namespace Darkroom.Jobs.Sources;

/// <summary>The time that one download has left: in all, and until the next byte.</summary>
public sealed class DownloadClock : IDisposable
{
    private readonly DownloadBounds _bounds;
    private readonly CancellationTokenSource _total;
    private readonly CancellationTokenSource _idle;
    private readonly CancellationTokenSource _any;

    /// <summary>Starts it.</summary>
    public DownloadClock(DownloadBounds bounds, TimeProvider time, CancellationToken cancellationToken)
    {
        _bounds = bounds;
        _total = new CancellationTokenSource(bounds.Timeout, time);
        _idle = new CancellationTokenSource(bounds.IdleTimeout, time);
        _any = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, _total.Token, _idle.Token);
    }

    /// <summary>Canceled by the caller, or when a time is over.</summary>
    public CancellationToken Token => _any.Token;

    /// <summary>Which time is over, or null.</summary>
    public string? Expired =>
        _total.IsCancellationRequested ? $"not within {_bounds.Timeout.TotalSeconds:0.#} s"
        : _idle.IsCancellationRequested ? $"nothing came for {_bounds.IdleTimeout.TotalSeconds:0.#} s"
        : null;

    /// <summary>Something came.</summary>
    public void Restart() => _idle.CancelAfter(_bounds.IdleTimeout);

    /// <inheritdoc/>
    public void Dispose()
    {
        _any.Dispose();
        _idle.Dispose();
        _total.Dispose();
    }
}
