using Darkroom.Simulator.Imaging;
using Darkroom.Simulator.Models;
using Darkroom.Simulator.Sources;

namespace Darkroom.Simulator.Edits;

/// <summary>An edit request that passed every rule.</summary>
/// <param name="Size">Width and height, or null for auto.</param>
/// <param name="Quality">As sent; <c>auto</c> when absent.</param>
/// <param name="HighFidelity">Whether <c>input_fidelity</c> is high.</param>
/// <param name="AsUrl">dall-e-2: answer with a URL instead of base64.</param>
internal sealed record EditRequest(
    ModelTraits Model,
    string Prompt,
    IReadOnlyList<ImageReference> Images,
    ImageReference? Mask,
    int N,
    (int Width, int Height)? Size,
    string Quality,
    PictureFormat Format,
    bool Transparent,
    bool HighFidelity,
    bool Stream,
    int PartialImages,
    bool AsUrl);
