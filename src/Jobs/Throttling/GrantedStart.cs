namespace Darkroom.Jobs.Throttling;

/// <summary>A start that was reserved for a call.</summary>
/// <param name="Stamp">When, as a time stamp of this process.</param>
/// <param name="PutOff">From its reservation: <see cref="StartReservation.PutOff"/>.</param>
internal readonly record struct GrantedStart(long Stamp, TimeSpan PutOff);
