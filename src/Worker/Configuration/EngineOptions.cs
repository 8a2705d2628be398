namespace Darkroom.Worker.Configuration;

/// <summary>placeholder until the engines land</summary>
public sealed class EngineOptions
{
    public const string Section = "Engine";
    public string? Kind { get; set; }
}
