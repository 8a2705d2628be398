namespace Darkroom.Worker.Client.Shapes;

/// <summary>Tokens by kind.</summary>
/// <param name="InputText">Of prompts.</param>
/// <param name="InputImage">Of images sent.</param>
/// <param name="OutputText">Of text answered.</param>
/// <param name="OutputImage">Of images answered.</param>
/// <param name="Total">All.</param>
public sealed record TokensShape(
    long InputText,
    long InputImage,
    long OutputText,
    long OutputImage,
    long Total);
