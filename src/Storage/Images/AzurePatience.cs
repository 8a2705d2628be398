using System.Net.Sockets;
using Azure.Core;
using Azure.Core.Pipeline;
using Microsoft.Extensions.Logging;

namespace Darkroom.Storage.Images;

/// <summary>
/// Repeats a request that the SDK holds for repeatable (no connection, no answer in time, 408, 429, 5xx) for a span of time, not a number of times: three
/// tries are over in seconds, and an image that waits has been paid for. Waits a second between tries, or as long as the service asks.
/// </summary>
/// <remarks>A connection that is reset in the instant that it is made comes out of HttpClient as a bare SocketException, which the SDK doesn't know for one.</remarks>
internal sealed class AzurePatience(TimeSpan patience, TimeProvider time, ILogger logger) : RetryPolicy(int.MaxValue, DelayStrategy.CreateFixedDelayStrategy(Pause))
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Silence = TimeSpan.FromSeconds(30);
    private long _told;

    protected override bool ShouldRetry(HttpMessage message, Exception? exception) => IsInTime(message) && (exception is SocketException || base.ShouldRetry(message, exception));

    protected override async ValueTask<bool> ShouldRetryAsync(HttpMessage message, Exception? exception) =>
        IsInTime(message) && (exception is SocketException || await base.ShouldRetryAsync(message, exception));

    private bool IsInTime(HttpMessage message)
    {
        var since = message.ProcessingContext.StartTime;
        if (time.GetUtcNow() - since >= patience) return false;
        if (message.ProcessingContext.RetryNumber > 0) TellNowAndThen(since + patience);
        return true;
    }

    // Many images wait together; one line is enough for all.
    private void TellNowAndThen(DateTimeOffset until)
    {
        var (now, told) = (time.GetTimestamp(), Interlocked.Read(ref _told));
        if (told != 0 && time.GetElapsedTime(told, now) < Silence || Interlocked.CompareExchange(ref _told, now, told) != told) return;
        Log.StorageAwaited(logger, until);
    }
}
