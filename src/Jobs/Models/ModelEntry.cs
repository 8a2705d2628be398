namespace Darkroom.Jobs.Models;

/// <summary>What the model book knows of one model. Everything is data; nothing here is compiled in.</summary>
public sealed record ModelEntry
{
    /// <summary>Most input images of an edit where the book says nothing else (docs/endpoint.md, Requests).</summary>
    public const int DefaultMaxImages = 16;

    /// <summary>Most characters of a prompt where the book says nothing else (docs/endpoint.md, Requests).</summary>
    public const int DefaultMaxPrompt = 32_000;

    /// <summary>The model's own name, which an alias may differ from. A request sends the name that the user gave.</summary>
    public required string Name { get; init; }

    /// <summary>Dated names of the same model.</summary>
    public IReadOnlyList<string> Snapshots { get; init; } = [];

    /// <summary>Other names of it, such as a deployment's.</summary>
    public IReadOnlyList<string> Aliases { get; init; } = [];

    /// <summary>Models that are alike enough to guess one's tokens from another's.</summary>
    public required string Family { get; init; }

    /// <summary>Models of one group share their rate limits (docs/endpoint.md, Limits: <c>for limit gpt-image</c>).</summary>
    public required string LimitsGroup { get; init; }

    /// <summary>False for a name that the book doesn't have.</summary>
    public bool IsKnown { get; init; } = true;

    /// <summary>What is worth knowing, one sentence each.</summary>
    public IReadOnlyList<string> Notes { get; init; } = [];

    /// <summary>How a request is written.</summary>
    public RequestForm Form { get; init; }

    /// <summary>Most input images of one edit.</summary>
    public int MaxImages { get; init; } = DefaultMaxImages;

    /// <summary>Most characters of the prompt.</summary>
    public int MaxPrompt { get; init; } = DefaultMaxPrompt;

    /// <summary>Whether the Batch API takes the model; null when that isn't known.</summary>
    public bool? Batch { get; init; }

    /// <summary>Rules by parameter; a parameter that is not here takes everything.</summary>
    public IReadOnlyDictionary<string, ParameterRule> Parameters { get; init; } = new Dictionary<string, ParameterRule>(StringComparer.Ordinal);

    /// <summary>The rule of <c>size</c>, or null when every size is right.</summary>
    public SizeRule? Sizes { get; init; }

    /// <summary>Prices, oldest first; empty when none is known.</summary>
    public IReadOnlyList<PriceEntry> Prices { get; init; } = [];

    /// <summary>Tokens of one output image by size and quality. Null, or a cell that is not there: not published, measure.</summary>
    public IReadOnlyDictionary<string, IReadOnlyDictionary<string, int>>? OutputTokens { get; init; }

    /// <summary>An allowance of text tokens in the answer for worst cases; 0 where text output isn't billed.</summary>
    public int OutputTextTokensWorst { get; init; }

    /// <summary>Tokens of an input image, or null where no rule is published.</summary>
    public InputTokenRule? InputTokens { get; init; }

    /// <summary>Output tokens that each partial image adds, 100 where published (docs/endpoint.md, Streams).</summary>
    public int PartialImageTokens { get; init; } = 100;

    /// <summary>The day from which the service refuses the model, UTC, or null when none is announced.</summary>
    public DateOnly? Shutdown { get; init; }

    /// <summary>The model to take instead, or null.</summary>
    public string? Replacement { get; init; }

    /// <summary>Whether it is paid by the image and tells no usage.</summary>
    public bool IsPricedPerImage => Prices.Any(p => p.PerImage.Count > 0);

    /// <summary>A model that the book doesn't have: it takes everything and has no known price, and limits of its own.</summary>
    public static ModelEntry Unknown(string name) => Unknown(name, name, name);

    /// <summary>The same, for a name whose prefix tells its family and limits group.</summary>
    public static ModelEntry Unknown(string name, string family, string limitsGroup) => new()
    {
        Name = name,
        Family = family,
        LimitsGroup = limitsGroup,
        IsKnown = false,
        MaxImages = int.MaxValue,
        MaxPrompt = int.MaxValue,
        Notes = ["Not in the model book: every option is passed on unchecked, and no price is known."],
    };
}
