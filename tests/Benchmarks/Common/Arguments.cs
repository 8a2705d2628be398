using System.Globalization;

namespace Darkroom.Benchmarks.Common;

/// <summary>Options of a scenario: <c>--name number</c> and <c>--flag</c>.</summary>
internal sealed class Arguments(string[] args)
{
    /// <summary>A positive whole number.</summary>
    /// <exception cref="ArgumentException">It is given and isn't one.</exception>
    public int Number(string name, int otherwise)
    {
        if (Value(name) is not { } text) return otherwise;
        return int.TryParse(text, CultureInfo.InvariantCulture, out var number) && number > 0
            ? number
            : throw new ArgumentException($"{name} must be a positive whole number, not '{text}'.");
    }

    /// <summary>A number of seconds, not negative.</summary>
    /// <exception cref="ArgumentException">It is given and isn't one.</exception>
    public TimeSpan Seconds(string name, double otherwise)
    {
        if (Value(name) is not { } text) return TimeSpan.FromSeconds(otherwise);
        return double.TryParse(text, CultureInfo.InvariantCulture, out var seconds) && seconds >= 0
            ? TimeSpan.FromSeconds(seconds)
            : throw new ArgumentException($"{name} must be a number of seconds, not '{text}'.");
    }

    /// <summary>A text.</summary>
    /// <exception cref="ArgumentException">It isn't given.</exception>
    public string Text(string name) => Value(name) ?? throw new ArgumentException($"{name} is missing.");

    /// <summary>Whether a flag is given.</summary>
    public bool Has(string name) => args.Contains(name, StringComparer.Ordinal);

    private string? Value(string name)
    {
        var at = Array.IndexOf(args, name);
        if (at < 0) return null;
        return at + 1 < args.Length ? args[at + 1] : throw new ArgumentException($"{name} needs a value.");
    }
}
