using Darkroom.Simulator.Answers;
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
