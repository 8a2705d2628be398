namespace Darkroom.Simulator.Tokens;

/// <summary>The <c>usage</c> of an answer, or one image's share of it.</summary>
/// <param name="InputText">Text tokens of the prompt.</param>
/// <param name="InputImage">Image tokens of the sources.</param>
/// <param name="Output">Output tokens, all of them image tokens.</param>
internal sealed record Usage(long InputText, long InputImage, long Output)
{
    /// <summary>Everything.</summary>
    public long Total => InputText + InputImage + Output;
}
