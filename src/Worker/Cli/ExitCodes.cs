namespace Darkroom.Worker.Cli;

/// <summary>What the exit codes mean: an API.</summary>
public static class ExitCodes
{
    /// <summary>All items succeeded, or the command did.</summary>
    public const int Success = 0;

    /// <summary>Finished, with items that didn't succeed; or a check failed.</summary>
    public const int WithErrors = 1;

    /// <summary>Bad input, configuration or usage.</summary>
    public const int BadInput = 2;

    /// <summary>The batch is halted, paused or canceled: it hasn't finished.</summary>
    public const int Halted = 3;

    /// <summary>A fault of Darkroom's own; what it printed is worth reporting.</summary>
    public const int Broken = 70;

    /// <summary>Stopped by a signal.</summary>
    public const int Interrupted = 130;
}
