namespace Darkroom.Worker.Configuration;

/// <summary>Section <c>Models</c>.</summary>
public sealed class ModelSettings
{
    /// <summary>The path of a model book of your own, laid over the built-in one.</summary>
    public string? Book { get; set; }
}
