namespace Darkroom.Jobs.Deadlines;

/// <summary>Looks at how fast batches go, and keeps what was told of their deadlines.</summary>
public interface IForecastStore : IForecasts
{
    /// <summary>Forecasts of all batches that have a deadline and haven't ended, of which something may still be told.</summary>
    Task<IReadOnlyList<BatchForecast>> ListWithDeadlineAsync(CancellationToken cancellationToken);

    /// <summary>Notes what is told of a batch; webhooks are told in the same transaction.</summary>
    /// <returns>Whether it was new: one process tells it.</returns>
    Task<bool> NoteAsync(string batchId, DeadlineVerdict verdict, CancellationToken cancellationToken);
}
