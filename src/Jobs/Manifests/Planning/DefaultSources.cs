using Darkroom.Jobs.Editing;
using Darkroom.Jobs.Manifests.Reading;

namespace Darkroom.Jobs.Manifests.Planning;

/// <summary>The images and the mask that rows take which name none, resolved once. What is wrong with them is the flags' fault, not any row's.</summary>
internal sealed class DefaultSources
{
    private readonly List<FieldFault> _faults = [];

    public DefaultSources(BatchDefaults defaults, ImageSources sources)
    {
        if (defaults.Images.Count > 16) _faults.Add(new FieldFault("images", $"an item takes 1 to 16 images, not {defaults.Images.Count}"));
        Images = [.. defaults.Images.Select((image, i) => Resolve(image, $"images[{i}]", sources)).OfType<ImageReference>()];
        Mask = defaults.Mask is { } mask ? Resolve(mask, "mask", sources) : null;
    }

    public IReadOnlyList<ImageReference> Images { get; }

    public ImageReference? Mask { get; }

    public IReadOnlyList<FieldFault> Faults => _faults;

    private ImageReference? Resolve(string text, string field, ImageSources sources)
    {
        var image = sources.Resolve(SourceText.OfText(text), out var reason);
        if (image is null) _faults.Add(new FieldFault(field, reason!));
        return image;
    }
}
