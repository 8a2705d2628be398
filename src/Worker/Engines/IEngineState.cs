namespace Darkroom.Worker.Engines;

/// <summary>How this process's engine is.</summary>
internal interface IEngineState
{
    /// <summary>What keeps it from taking lanes, in a sentence, or null.</summary>
    Task<string?> FindFaultAsync(CancellationToken cancellationToken);
}
