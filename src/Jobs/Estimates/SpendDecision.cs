namespace Darkroom.Jobs.Estimates;

/// <summary>Whether a batch may be started, and why not at once.</summary>
/// <param name="Verdict">Whether.</param>
/// <param name="Reason">One sentence; empty with <see cref="SpendVerdict.Go"/>.</param>
public sealed record SpendDecision(SpendVerdict Verdict, string Reason);
