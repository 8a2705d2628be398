namespace Darkroom.Jobs.Running;

/// <summary>Tells that batches have something to do, so that nobody has to ask again and again.</summary>
public interface IBatchNews
{
    /// <summary>Waits for news, but not longer than said: news may be lost, and whoever waits looks then. One waits at a time.</summary>
    Task WaitAsync(TimeSpan atMost, CancellationToken cancellationToken);
}
