using Darkroom.Simulator.Http;
using Darkroom.Simulator.Pictures;
using Darkroom.Simulator.Requests;
using Darkroom.Simulator.Sources;

namespace Darkroom.Simulator.Edits;

/// <summary>A request's input images, or the first refusal.</summary>
internal readonly record struct LoadedSources(IReadOnlyList<SourcePicture> Images, SourcePicture? Mask, ServiceError? Error)
{
    /// <summary>Gets them all, in order, and checks them.</summary>
    public static async Task<LoadedSources> LoadAsync(EditRequest request, SourceReader reader, CancellationToken cancellationToken)
    {
        var images = new List<SourcePicture>();
        foreach (var reference in request.Images)
        {
            var load = await reader.LoadAsync(reference, cancellationToken);
            if (load.Picture is null)
            {
                return new([], null, load.Error);
            }

            images.Add(load.Picture);
        }

        var mask = request.Mask is null ? default : await reader.LoadAsync(request.Mask, cancellationToken);
        return new(images, mask.Picture, mask.Error ?? SourceRules.Check(request, images, mask.Picture));
    }
}

/// <summary>What can be said of the input images only once they are there.</summary>
internal static class SourceRules
{
    private const int MaxDallE2Bytes = 4_000_000;

    /// <summary>The first thing that is wrong, or null.</summary>
    public static ServiceError? Check(EditRequest request, IReadOnlyList<SourcePicture> images, SourcePicture? mask)
    {
        if (request.Model.IsDallE2 && (images[0].Info is not { Format: PictureFormat.Png } info || info.Width != info.Height || images[0].Bytes >= MaxDallE2Bytes))
        {
            return ServiceError.BadImage("The image must be a square PNG of fewer than 4 MB.", request.Images[0].Param);
        }

        if (mask?.Info is not { } maskInfo)
        {
            return null;
        }

        var param = request.Mask!.Param;
        if (maskInfo.Format != PictureFormat.Png || !maskInfo.HasAlpha)
        {
            return ServiceError.BadImage("The mask must be a PNG with an alpha channel.", param);
        }

        return images[0].Info is { } first && (first.Width != maskInfo.Width || first.Height != maskInfo.Height)
            ? ServiceError.BadImage(
                $"The mask has {maskInfo.Width}x{maskInfo.Height} pixels and the first image {first.Width}x{first.Height}; they must be the same.", param)
            : null;
    }
}
