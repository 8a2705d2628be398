using Darkroom.Jobs.Manifests;
using Darkroom.Jobs.Throttling;
using Microsoft.Extensions.Options;

namespace Darkroom.Jobs.Models;

/// <summary>Refuses items that their model would refuse, or that could never fit a limit, before anything is sent. Warnings are not for here.</summary>
public sealed class ModelCheck(ModelBook book, IOptions<LimitsOptions> limits, TimeProvider time) : IItemCheck
{
    /// <inheritdoc/>
    public IEnumerable<FieldFault> Check(PlannedItem item)
    {
        var model = book.Find(item.Options.Model ?? "");
        var today = DateOnly.FromDateTime(time.GetUtcNow().UtcDateTime);
        foreach (var problem in ModelRules.Check(model, item.Options, today).Concat(ModelRules.CheckInput(model, item.Input.Images.Count, item.Prompt.Length)))
            if (!problem.IsWarning) yield return new FieldFault(problem.Field is "images" or "prompt" ? problem.Field : $"options.{problem.Field}", problem.Reason);

        var group = limits.Value.For(model.LimitsGroup);
        if (item.Options.N > group.ImagesPerMinute)
            yield return new FieldFault("options.n", $"asks for {item.Options.N} images at once, and the limit ImagesPerMinute of {model.LimitsGroup} is {group.ImagesPerMinute}: it could never be sent");
    }
}
