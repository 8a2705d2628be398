namespace Darkroom.Jobs.Throttling;

/// <summary>A call's place: its reserved start, and what it holds while in flight. Dispose it when the call has ended.</summary>
public interface ICallPlace : IAsyncDisposable
{
    /// <summary>
    /// Waits for the very moment of the start. The place is had a little earlier, so that what has to be written before the call doesn't make it late.
    /// </summary>
    Task StartAsync(CancellationToken cancellationToken);

    /// <summary>Tells what tokens the call really took; where nobody tells, what was reserved stands.</summary>
    void Used(long tokens);
}
