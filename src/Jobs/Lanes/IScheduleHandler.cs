namespace Darkroom.Jobs.Lanes;

/// <summary>What an engine calls when a schedule fires.</summary>
public interface IScheduleHandler
{
    /// <summary>Handles one occurrence. An exception makes the engine try again.</summary>
    Task FireAsync(string name, CancellationToken cancellationToken);
}
