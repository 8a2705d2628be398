using Darkroom.Simulator.Answers;
using Darkroom.Simulator.Sources;

namespace Darkroom.Simulator.Edits;

/// <summary>What can be said of the input images only once they are there.</summary>
internal static class SourceRules
{
    private const int MaxDallE2Bytes = 4_000_000;

    /// <summary>The first thing that is wrong, or null.</summary>
    public static ServiceError? Check(EditRequest request, IReadOnlyList<SourcePicture> images, SourcePicture? mask)
    {
        if (request.Model.IsDallE2 && (images[0].Info is not { Format: "png" } info || info.Width != info.Height || images[0].Bytes >= MaxDallE2Bytes))
        {
            return ServiceError.BadImage("The image must be a square PNG of fewer than 4 MB.", request.Images[0].Param);
        }

        if (mask?.Info is not { } maskInfo)
        {
            return null;
        }

        var param = request.Mask!.Param;
        if (maskInfo.Format != "png" || !maskInfo.HasAlpha)
        {
            return ServiceError.BadImage("The mask must be a PNG with an alpha channel.", param);
        }

        return images[0].Info is { } first && (first.Width != maskInfo.Width || first.Height != maskInfo.Height)
            ? ServiceError.BadImage(
                $"The mask has {maskInfo.Width}x{maskInfo.Height} pixels and the first image {first.Width}x{first.Height}; they must be the same.", param)
            : null;
    }
}
