using Darkroom.Jobs.Editing;
using Microsoft.Extensions.Logging;

namespace Darkroom.Jobs.Running;

/// <summary>Writes what happens to items, gathered into sets over all items in flight in this process.</summary>
public sealed class WorkJournal
{
    private const int MaxSet = 200;

    // A call is ready so much later at most, which its lead takes in; and a result is written so much later, which is in the store already.
    private static readonly TimeSpan BeginInterval = TimeSpan.FromMilliseconds(25);
    private static readonly TimeSpan CompleteInterval = TimeSpan.FromMilliseconds(50);

    private readonly SetWriter<ClaimedItem, Attempt?> _begin;
    private readonly SetWriter<ItemCompletion, bool> _complete;
    private readonly SetWriter<ClaimedItem, bool> _release;

    private readonly Redactor _redactor;

    /// <summary>A journal over a store. Errors lose their secrets on the way into it.</summary>
    public WorkJournal(IItemStore store, WorkerProcess process, TimeProvider time, ILogger<WorkJournal> logger, Redactor? redactor = null)
    {
        _redactor = redactor ?? new Redactor();
        // Beginning isn't repeated blindly: it may have happened although its answer was lost. Whoever waits gives the item up instead.
        _begin = new((items, token) => store.BeginAttemptsAsync(process.Id, items, token), MaxSet, BeginInterval, retryFaults: false, time, logger);
        _complete = new(store.CompleteAsync, MaxSet, CompleteInterval, retryFaults: true, time, logger);
        _release = new(
            async (items, token) =>
            {
                await store.ReleaseAsync(items, token);
                return new bool[items.Count];
            },
            MaxSet, TimeSpan.Zero, retryFaults: true, time, logger);
    }

    /// <summary>Begins an attempt; see <see cref="IItemStore.BeginAttemptsAsync"/>.</summary>
    public Task<Attempt?> BeginAsync(ClaimedItem item) => _begin.WriteAsync(item, CancellationToken.None);

    /// <summary>Completes an item; waits while the database is away, since what it writes has been paid for.</summary>
    /// <returns>Whether the claim still held.</returns>
    public Task<bool> CompleteAsync(ItemCompletion completion) => _complete.WriteAsync(
        completion with
        {
            Error = completion.Error is null ? null : _redactor.Redact(completion.Error),
            AttemptError = completion.AttemptError is null ? null : _redactor.Redact(completion.AttemptError),
            HaltDetail = completion.HaltDetail is null ? null : _redactor.Redact(completion.HaltDetail),
        },
        CancellationToken.None);

    /// <summary>Gives an item up whose call was surely not sent.</summary>
    public Task ReleaseAsync(ClaimedItem item) => _release.WriteAsync(item, CancellationToken.None);
}
