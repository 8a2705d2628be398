namespace Darkroom.Jobs.Models;

/// <summary>What one model takes for one parameter. A parameter without a rule takes everything: it passes through.</summary>
public sealed record ParameterRule
{
    /// <summary>The key of <see cref="NeedsFormat"/> that stands for every value.</summary>
    public const string AnyValue = "*";

    /// <summary>Why the model doesn't take the parameter at all, or null when it does.</summary>
    public string? Refused { get; init; }

    /// <summary>What JSON value it is.</summary>
    public ParameterType Type { get; init; }

    /// <summary>The texts that are right; empty when all are.</summary>
    public IReadOnlyList<string> Values { get; init; } = [];

    /// <summary>Least whole number.</summary>
    public int Min { get; init; } = int.MinValue;

    /// <summary>Greatest whole number.</summary>
    public int Max { get; init; } = int.MaxValue;

    /// <summary>The number that the service takes when none is sent, or null. Sent where it has no effect, it does no harm and only warns.</summary>
    public int? Default { get; init; }

    /// <summary>By value, or <see cref="AnyValue"/>: the output formats that it makes sense with.</summary>
    public IReadOnlyDictionary<string, IReadOnlyList<string>> NeedsFormat { get; init; } = new Dictionary<string, IReadOnlyList<string>>(StringComparer.Ordinal);

    /// <summary>By value: why it may not work.</summary>
    public IReadOnlyDictionary<string, string> Warnings { get; init; } = new Dictionary<string, string>(StringComparer.Ordinal);
}
