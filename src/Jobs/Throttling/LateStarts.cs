namespace Darkroom.Jobs.Throttling;

/// <summary>Calls of a group that have begun later than they were reserved.</summary>
/// <param name="Calls">How many.</param>
/// <param name="Cost">What they take, all together.</param>
/// <param name="Until">The greatest sum of what had been put off at a call's reservation (<see cref="StartReservation.PutOff"/>) and the call's lateness beyond what the margin bears.</param>
public sealed record LateStarts(int Calls, CallCost Cost, TimeSpan Until);
