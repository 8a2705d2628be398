using Darkroom.Jobs.Editing;
using Darkroom.Jobs.Manifests;

namespace Darkroom.Jobs.Models;

/// <summary>Refuses uploaded files' ids for a model that takes only the images themselves: their bytes can't be had by id.</summary>
public sealed class SourceCheck(ModelBook book) : IItemCheck
{
    /// <inheritdoc/>
    public IEnumerable<FieldFault> Check(PlannedItem item)
    {
        if (book.Find(item.Options.Model ?? "") is not { Form: RequestForm.Multipart } model) yield break;
        var reason = $"is an uploaded file's id, and {model.Name} takes only the image itself: give a URL, a data URL or a local path";
        for (var i = 0; i < item.Input.Images.Count; i++)
            if (item.Input.Images[i].Kind == ImageReferenceKind.FileId) yield return new FieldFault($"images[{i}]", reason);
        if (item.Input.Mask?.Kind == ImageReferenceKind.FileId) yield return new FieldFault("mask", reason);
    }
}
