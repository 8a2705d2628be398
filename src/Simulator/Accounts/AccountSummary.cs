namespace Darkroom.Simulator.Accounts;

/// <summary>What the account has seen so far. Only edit calls count.</summary>
/// <param name="Requests">Edit calls that arrived, whatever became of them.</param>
/// <param name="Billed">Edit calls that were billed.</param>
/// <param name="BilledImages">Their images.</param>
/// <param name="Delivered">Billed calls whose answer left whole.</param>
/// <param name="Throttled">429s, of limits, faults and quota.</param>
/// <param name="Refused">Refusals by the error's code, or its type when it has none; <c>html</c> and <c>reset</c> for these faults.</param>
/// <param name="InFlight">Calls at work now.</param>
/// <param name="MaxInFlight">The most at a time that were seen.</param>
/// <param name="AcceptedImages">Images that the limits let in, by Unix second.</param>
/// <param name="Defects">Requests that the simulator itself failed on; anything but 0 is its bug.</param>
/// <param name="LastDefect">The last such failure, or null.</param>
public sealed record AccountSummary(
    long Requests,
    long Billed,
    long BilledImages,
    long Delivered,
    long Throttled,
    IReadOnlyDictionary<string, long> Refused,
    int InFlight,
    int MaxInFlight,
    IReadOnlyDictionary<long, long> AcceptedImages,
    long Defects,
    string? LastDefect);
