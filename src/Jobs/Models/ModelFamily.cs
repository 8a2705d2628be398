namespace Darkroom.Jobs.Models;

/// <summary>What a name that the book doesn't have tells by its beginning.</summary>
/// <param name="Prefix">How the name begins.</param>
/// <param name="Family">The family that such a model is taken for.</param>
/// <param name="LimitsGroup">The limits group that it is counted in.</param>
public sealed record ModelFamily(string Prefix, string Family, string LimitsGroup);
