namespace Darkroom.Worker.Engines;

/// <summary>The engines' names, as configuration and people say them.</summary>
public static class EngineKinds
{
    public const string Hangfire = "hangfire";
    public const string Quartz = "quartz";

    /// <summary>All of them; the first is the default.</summary>
    public static IReadOnlyList<string> Built { get; } = [Hangfire, Quartz];
}
