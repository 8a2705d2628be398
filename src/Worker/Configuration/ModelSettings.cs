namespace Darkroom.Worker.Configuration;

/// <summary>The model book: section <c>Models</c>.</summary>
public sealed class ModelSettings
{
    /// <summary>The path of your own model book, laid over the built-in one.</summary>
    public string? Book { get; set; }
}
