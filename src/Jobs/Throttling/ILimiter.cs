using Darkroom.Jobs.Editing;

namespace Darkroom.Jobs.Throttling;

/// <summary>Paces calls. Waiting spends nothing; what is held is given back by disposing.</summary>
public interface ILimiter
{
    /// <summary>How many calls wait here for a start to be reserved: they hold no place of <c>Worker:MaxInFlight</c>.</summary>
    int Waiting { get; }

    /// <summary>Waits until a call is about to start, within all limits of its group and its batch, together with all other processes.</summary>
    Task<ICallPlace> EnterAsync(CallTicket ticket, CancellationToken cancellationToken);

    /// <summary>Learns from an answer, for all processes.</summary>
    Task LearnAsync(LimitNews news, CancellationToken cancellationToken);

    /// <summary>Notes whether the service takes the group's calls, for all processes.</summary>
    /// <returns>For how long it has refused every one for its limits, when this one was refused likewise and that is longer than
    /// <see cref="GroupLimits.ThrottledFor"/>; else null.</returns>
    Task<TimeSpan?> NoteAsync(string group, string batchId, EditOutcome outcome, CancellationToken cancellationToken);

    /// <summary>Learns that the endpoint has given an image with a model, for all processes.</summary>
    Task ProveAsync(string model, CancellationToken cancellationToken);

    /// <summary>How many more calls of the model it makes sense to get ready now, while the endpoint hasn't given an image with it within a day; null once it has.</summary>
    int? UnprovenAppetite(string model);

    /// <summary>How many more calls of the group it makes sense to get ready now: more would only wait.</summary>
    int Appetite(string group);

    /// <summary>The same of a batch with caps of its own.</summary>
    int Appetite(string batchId, BatchCaps caps);
}
