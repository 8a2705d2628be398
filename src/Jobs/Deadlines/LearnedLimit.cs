namespace Darkroom.Jobs.Deadlines;

/// <summary>A limit that the service told, or was found to bear, as it holds now.</summary>
/// <param name="Group">The limits group.</param>
/// <param name="Dimension">One of <see cref="Throttling.LimitDimension"/>.</param>
/// <param name="PerMinute">Units a minute, above zero.</param>
public sealed record LearnedLimit(string Group, string Dimension, double PerMinute);
