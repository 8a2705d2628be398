namespace Darkroom.Jobs.Lanes;

/// <summary>Who has the lanes of a database.</summary>
/// <param name="Engine">The engine's name.</param>
/// <param name="Processes">Live processes of an engine other than the one that asked.</param>
/// <param name="Lanes">Live lanes of such an engine.</param>
public sealed record EngineOwner(string Engine, long Processes, long Lanes);
