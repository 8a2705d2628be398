using Darkroom.Jobs.Lanes;
using Darkroom.Jobs.Running;
using Darkroom.Worker.Cli;

namespace Darkroom.Worker.Engines;

/// <summary>Asks for the lanes before the engine starts, and refuses the start when another engine's live.</summary>
public sealed class EngineTakeOver(IEngineOwnership ownership, WorkerProcess process, EngineOptions options, ILogger<EngineTakeOver> logger)
{
    /// <summary>Asks for them.</summary>
    /// <exception cref="CliException">Another engine has them, and lives.</exception>
    public async Task ClaimAsync(CancellationToken cancellationToken)
    {
        var before = await ownership.GetAsync(cancellationToken);
        var owner = await ownership.ClaimAsync(process.Id, options.Kind, options.TakeOver, cancellationToken);
        if (owner.Engine != options.Kind)
        {
            throw new CliException(
                $"{EngineOptions.Section}:{nameof(EngineOptions.Kind)}: '{options.Kind}' can't start: {owner.Engine} carries the lanes of this database "
                + $"({owner.Processes} live workers, {owner.Lanes} live lanes). Set Engine__Kind={owner.Engine}; or stop those workers first; "
                + "or set Engine__TakeOver=true to take their lanes, and restart them with the same Engine__Kind.");
        }

        if (before is not null && before != options.Kind) Log.TookOver(logger, options.Kind, before, owner.Processes, owner.Lanes);
    }
}
