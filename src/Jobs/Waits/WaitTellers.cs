namespace Darkroom.Jobs.Waits;

/// <summary>Who told a batch to wait. The names are an API.</summary>
public static class WaitTellers
{
    /// <summary>The service that makes the edits.</summary>
    public const string Service = "service";

    /// <summary>Darkroom, by its own rules.</summary>
    public const string Darkroom = "darkroom";

    /// <summary>The user, by a setting or a flag.</summary>
    public const string You = "you";
}
