using Darkroom.Jobs.Costs;
using Darkroom.Jobs.Editing;
using Darkroom.Jobs.Manifests;
using Darkroom.Jobs.Models;

namespace Darkroom.Jobs.Estimates;

/// <summary>
/// Adds items up. Manifests say the same options, prompt lengths and numbers of images thousands of times over: what follows from them is worked out once.
/// All that is remembered is bounded, and past the bound only worked out anew.
/// </summary>
internal sealed class EstimateSums(ModelBook book, ModelCheck check, DateOnly today)
{
    private const int MostOptions = 2048;
    private const int MostCalls = 16_384;

    private readonly TokenEstimator _tokens = new(book);
    private readonly LedgerPricing _pricing = new(book);
    private readonly Dictionary<EditOptions, OptionsEstimate> _options = [];
    private readonly Dictionary<(OptionsEstimate Options, int Prompt, int Images, bool Mask), CallEstimate> _calls = [];
    private readonly Dictionary<EstimateKey, GroupSum> _groups = [];
    private readonly NoteList _warnings = new();
    private readonly NoteList _guesses = new();
    private EditOptions? _lastOptions;
    private OptionsEstimate? _last;

    public IReadOnlyList<EstimateNote> Warnings => _warnings.ToList();

    public IReadOnlyList<EstimateNote> Guesses => _guesses.ToList();

    public IReadOnlyList<GroupEstimate> Groups => [.. _groups.Values.Select(group => group.ToEstimate()).OrderBy(group => group.First)];

    public string LimitsGroupOf(EstimateKey key) => book.Find(key.Model).LimitsGroup;

    public void Add(PlannedItem item)
    {
        var options = Of(item.Options);
        var call = Of(options, item);
        options.Group.Add(item.Ordinal, options.Images, item.Input.Images.Count + (item.Input.Mask is null ? 0 : 1), call);
        foreach (var warning in options.Warnings) warning.Count(item.Line);
        foreach (var guess in call.Guesses) guess.Count(item.Line);
    }

    private OptionsEstimate Of(EditOptions options)
    {
        if (ReferenceEquals(options, _lastOptions)) return _last!;
        if (!_options.TryGetValue(options, out var known))
        {
            known = Make(options);
            if (_options.Count < MostOptions) _options.Add(options, known);
        }

        _lastOptions = options;
        return _last = known;
    }

    private OptionsEstimate Make(EditOptions options)
    {
        var model = book.Find(options.Model!);
        var warnings = check.Problems(model, options).Where(problem => problem.IsWarning).Select(problem => _warnings.Of($"options.{problem.Field}", problem.Reason)).ToList();
        if (!model.IsKnown) warnings.Add(_warnings.Of("options.model", $"{model.Name} is not in the model book: its options pass unchecked, and no price is known."));
        foreach (var name in options.Values.Keys)
        {
            if (!EditParameters.All.ContainsKey(name) && !model.Parameters.ContainsKey(name))
                warnings.Add(_warnings.Of($"options.{name}", "is no option that is known here; it is sent as it is"));
        }

        return new OptionsEstimate(model, options, GroupOf(options), [.. warnings.OfType<NoteCount>()]);
    }

    private GroupSum GroupOf(EditOptions options)
    {
        var key = new EstimateKey(options.Model!, options.Text("size") ?? "", options.Text("quality") ?? "", options.N);
        if (_groups.TryGetValue(key, out var group)) return group;
        if (_groups.Count >= ManifestEstimator.MostGroups) key = EstimateKey.Others;
        if (!_groups.TryGetValue(key, out group)) _groups.Add(key, group = new GroupSum(key));
        return group;
    }

    private CallEstimate Of(OptionsEstimate options, PlannedItem item)
    {
        if (item.ImageSizes.Count > 0) return Make(options, item, item.ImageSizes);
        var key = (options, item.Prompt.Length, item.Input.Images.Count, item.Input.Mask is not null);
        if (_calls.TryGetValue(key, out var known)) return known;
        known = Make(options, item, new ImageSize?[item.Input.Images.Count]);
        if (_calls.Count < MostCalls) _calls.Add(key, known);
        return known;
    }

    private CallEstimate Make(OptionsEstimate options, PlannedItem item, IReadOnlyList<ImageSize?> sizes)
    {
        var tokens = _tokens.Estimate(options.Model, options.Options, item.Prompt.Length, sizes, item.Input.Mask is not null);
        var cost = _pricing.Price(options.Options.Model!, today, batch: false, tokens, options.Options);
        return new CallEstimate(tokens.Expected, tokens.Worst, cost, [.. tokens.Notes.Select(note => _guesses.Of(null, note)).OfType<NoteCount>()]);
    }

    /// <summary>What follows from an item's options alone. Compared by reference: there is one for each set of options.</summary>
    private sealed class OptionsEstimate(ModelEntry model, EditOptions options, GroupSum group, NoteCount[] warnings)
    {
        public ModelEntry Model { get; } = model;

        public EditOptions Options { get; } = options;

        public GroupSum Group { get; } = group;

        public NoteCount[] Warnings { get; } = warnings;

        public int Images { get; } = Math.Max(1, options.N);
    }
}
