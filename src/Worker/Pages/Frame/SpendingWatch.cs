using Darkroom.Jobs.Browsing;

namespace Darkroom.Worker.Pages.Frame;

/// <summary>
/// Knows what is spent over all batches, at most some seconds old. The sum goes over a month's ledger, so pages take what was known last, and one of them has it read anew.
/// </summary>
internal sealed partial class SpendingWatch(IBatchInsight insight, TimeProvider time, ILogger<SpendingWatch> logger)
{
    private static readonly TimeSpan Fresh = TimeSpan.FromSeconds(3);

    private readonly Lock _lock = new();
    private Task<Spending>? _reading;
    private Spending? _known;
    private long _knownAt;

    /// <summary>What is spent. Waits only when nothing is known yet.</summary>
    public async Task<Spending> GetAsync(CancellationToken cancellationToken)
    {
        Task<Spending>? reading;
        Spending? known;
        lock (_lock)
        {
            known = _known;
            // Not canceled with whoever asks first: others wait for the same answer.
            if (_reading is null && (known is null || time.GetElapsedTime(_knownAt) > Fresh)) _reading = ReadAsync();
            reading = _reading;
        }

        return known ?? await reading!.WaitAsync(cancellationToken);
    }

    private async Task<Spending> ReadAsync()
    {
        await Task.Yield();
        try
        {
            var spending = await insight.GetSpendingAsync(CancellationToken.None);
            lock (_lock) (_known, _knownAt) = (spending, time.GetTimestamp());
            return spending;
        }
        catch (Exception exception)
        {
            SpendingUnread(logger, exception);
            throw;
        }
        finally
        {
            lock (_lock) _reading = null;
        }
    }

    [LoggerMessage(1801, LogLevel.Warning, "What is spent can't be read; pages show what was known last.")]
    private static partial void SpendingUnread(ILogger logger, Exception exception);
}
