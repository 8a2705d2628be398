namespace Darkroom.Jobs.Access;

/// <summary>Something that somebody did.</summary>
/// <param name="Id">Grows with time.</param>
/// <param name="At">When.</param>
/// <param name="By">Who, and where from.</param>
/// <param name="Action">What, such as <c>batch.pause</c>.</param>
/// <param name="BatchId">The batch that it was done to, or null.</param>
/// <param name="DetailJson">Particulars, a JSON object.</param>
public sealed record AuditEntry(long Id, DateTimeOffset At, Actor By, string Action, string? BatchId, string DetailJson);
