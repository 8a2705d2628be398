namespace Darkroom.Simulator.Limits;

/// <summary>Why a call was not let in.</summary>
/// <param name="Dimension">What ran out: <c>input-images</c>, <c>requests</c>, or <c>in-flight</c>.</param>
/// <param name="Limit">Units a minute, or calls at a time.</param>
/// <param name="Used">Units used of it.</param>
/// <param name="Requested">Units that this call wanted.</param>
/// <param name="Wait">When it would fit; null when it never will, however long one waits.</param>
internal sealed record LimitRefusal(string Dimension, long Limit, long Used, long Requested, TimeSpan? Wait);
