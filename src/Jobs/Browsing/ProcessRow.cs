namespace Darkroom.Jobs.Browsing;

/// <summary>A process that works, or did lately.</summary>
/// <param name="Id">Its row.</param>
/// <param name="Host">The machine.</param>
/// <param name="Pid">Its process id there.</param>
/// <param name="Version">The program's version.</param>
/// <param name="TakesBatches">Whether it works on all batches: a <c>run</c> works on its own only.</param>
/// <param name="StartedAt">When it began.</param>
/// <param name="LeaseLeft">How long its lease holds; zero or less when it has ended.</param>
/// <param name="Batches">Batches whose jobs it runs.</param>
/// <param name="Claimed">Items that it holds, at most 10,000 are counted.</param>
public sealed record ProcessRow(long Id, string Host, int Pid, string Version, bool TakesBatches, DateTimeOffset StartedAt, TimeSpan LeaseLeft, long Batches, long Claimed);
