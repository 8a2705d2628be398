using Darkroom.Jobs.Access;
using Darkroom.Jobs.Batches;
using Darkroom.Jobs.Browsing;
using Darkroom.Jobs.Models;

namespace Darkroom.Worker.Items;

/// <summary>Puts single items back to pending: for the API, for pages, and for the command line.</summary>
public sealed class ItemRetries(IBatchStore batches, IItemBrowser items, ModelBook book)
{
    /// <summary>Puts an item back.</summary>
    /// <param name="itemId">The item.</param>
    /// <param name="retry">How.</param>
    /// <param name="by">Who asks.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>What came of it; not found when there is no such item, as after a purge.</returns>
    /// <exception cref="ItemRetryException">The prompt can't be sent.</exception>
    public async Task<BatchActionResult> RetryAsync(long itemId, ItemRetry retry, Actor by, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(retry);
        if ((await items.GetRowsAsync([itemId], cancellationToken)).FirstOrDefault() is not { } row) return new BatchActionResult(false, default, null, 0);
        var prompt = PromptOf(row, retry);
        // One that ends meanwhile is refused by the statement.
        return retry.Again && row.State is (ItemState.Succeeded or ItemState.Reused)
            ? await batches.RedoItemAsync(itemId, prompt, by, cancellationToken)
            : await batches.RetryItemAsync(itemId, prompt, by, cancellationToken);
    }

    private string? PromptOf(ItemRow row, ItemRetry retry)
    {
        if (retry.Prompt is not null && string.IsNullOrWhiteSpace(retry.Prompt)) throw new ItemRetryException("prompt", "must be a text that isn't empty");
        if (retry.Note is not null && string.IsNullOrWhiteSpace(retry.Note)) throw new ItemRetryException("note", "must be a text that isn't empty");
        if (retry.Prompt is null && retry.Note is null) return null;
        var prompt = (retry.Prompt ?? row.Prompt) + (retry.Note is { } note ? $"\n{note.Trim()}" : "");
        var most = book.Find(row.Model).MaxPrompt;
        return prompt.Length - prompt.Count(char.IsLowSurrogate) <= most && !prompt.Contains('\0', StringComparison.Ordinal)
            ? prompt
            : throw new ItemRetryException(retry.Note is null ? "prompt" : "note", $"makes a prompt that {row.Model} doesn't take: at most {most} characters, and no NUL");
    }
}
