using Darkroom.Jobs.Editing;
using Darkroom.Jobs.Manifests;
using Darkroom.Jobs.Throttling;
using Microsoft.Extensions.Options;

namespace Darkroom.Jobs.Models;

/// <summary>
/// Refuses items that their model would refuse, or that could never fit a limit, before anything is sent. Warnings are not for here. A shutdown date binds
/// the service that announced it; another server may serve the model for as long as it likes.
/// </summary>
public sealed class ModelCheck(ModelBook book, IOptions<LimitsOptions> limits, IOptions<EndpointOptions> endpoint, TimeProvider time) : IItemCheck
{
    private readonly TokenEstimator _estimator = new(book);
    private readonly bool _isTheService = new Uri(endpoint.Value.BaseUrl).Host.Equals(new Uri(new EndpointOptions().BaseUrl).Host, StringComparison.OrdinalIgnoreCase);

    /// <inheritdoc/>
    public IEnumerable<FieldFault> Check(PlannedItem item)
    {
        var model = book.Find(item.Options.Model ?? "");
        foreach (var problem in Problems(model, item.Options).Concat(ModelRules.CheckInput(model, item.Input.Images.Count, item.Prompt.Length)))
            if (!problem.IsWarning) yield return new FieldFault(problem.Field is "images" or "prompt" ? problem.Field : $"options.{problem.Field}", problem.Reason);

        foreach (var fault in LimitCheck.Find(model.LimitsGroup, limits.Value.For(model.LimitsGroup), Cost(model, item))) yield return fault;
    }

    // Sizes of sources aren't known here: what is expected at the usual size.
    private CallCost Cost(ModelEntry model, PlannedItem item) => new(
        item.Options.N,
        item.Input.Images.Count + (item.Input.Mask is null ? 0 : 1),
        _estimator.Estimate(model, item.Options, item.Prompt.Length, new ImageSize?[item.Input.Images.Count], item.Input.Mask is not null).Expected.Total);

    /// <summary>What a model says of options, errors and warnings, its shutdown among them.</summary>
    public IEnumerable<RuleProblem> Problems(ModelEntry model, EditOptions options)
    {
        var problems = ModelRules.CheckOptions(model, options);
        var shutdown = _isTheService ? ModelRules.CheckShutdown(model, DateOnly.FromDateTime(time.GetUtcNow().UtcDateTime)) : null;
        return shutdown is null ? problems : problems.Append(shutdown);
    }
}
