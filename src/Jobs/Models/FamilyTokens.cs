namespace Darkroom.Jobs.Models;

/// <summary>The highest token numbers that are known among alike models: the fallback where a model has none of its own.</summary>
internal sealed class FamilyTokens
{
    private readonly Dictionary<string, int> _byQuality = new(StringComparer.Ordinal);
    private readonly List<InputTokenRule> _inputs = [];

    public FamilyTokens(IEnumerable<ModelEntry> models)
    {
        foreach (var model in models)
        {
            if (model.InputTokens is not null) _inputs.Add(model.InputTokens);
            OutputText = Math.Max(OutputText, model.OutputTextTokensWorst);
            foreach (var (quality, tokens) in model.OutputTokens?.Values.SelectMany(row => row) ?? [])
            {
                _byQuality[quality] = Math.Max(_byQuality.GetValueOrDefault(quality), tokens);
                Highest = Math.Max(Highest, tokens);
            }
        }
    }

    /// <summary>Whether there is enough here to go by.</summary>
    public bool IsUseful => Highest > 0 && _inputs.Count > 0;

    /// <summary>Of one output image at any quality; 0 when nothing is known.</summary>
    public int Highest { get; private set; }

    /// <summary>The greatest allowance of text output.</summary>
    public int OutputText { get; }

    /// <summary>Of one output image at one quality; at any quality where that one is not known.</summary>
    public int HighestAt(string quality) => _byQuality.GetValueOrDefault(quality, Highest);

    /// <summary>Of one input image by the dearest known rule.</summary>
    public long Input(ImageSize size) => _inputs.Count == 0 ? 0 : _inputs.Max(r => r.Tokens(size, highFidelity: false));

    /// <summary>Of any input image, by the dearest known rule at high fidelity.</summary>
    public long InputWorst() => _inputs.Count == 0 ? 0 : _inputs.Max(r => r.Worst(highFidelity: true));
}
