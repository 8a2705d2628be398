using System.Globalization;

namespace Darkroom.Jobs.Models;

/// <summary>Width and height of a picture, both from 1 to 999,999 pixels when read from text.</summary>
/// <param name="Width">Pixels.</param>
/// <param name="Height">Pixels.</param>
public readonly record struct ImageSize(int Width, int Height)
{
    /// <summary>Width times height.</summary>
    public long Pixels => (long)Width * Height;

    /// <summary>Reads <c>WIDTHxHEIGHT</c>: digits only, no leading zero, no space.</summary>
    /// <returns>Null when the text is something else, such as <c>auto</c>.</returns>
    public static ImageSize? Parse(string? text)
    {
        var at = text?.IndexOf('x', StringComparison.Ordinal) ?? -1;
        return at > 0 && Edge(text.AsSpan(0, at)) is { } width && Edge(text.AsSpan(at + 1)) is { } height ? new ImageSize(width, height) : null;
    }

    /// <summary><c>WIDTHxHEIGHT</c>.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Width}x{Height}");

    // Six digits are far above every model's limit and keep squares and products within a long.
    private static int? Edge(ReadOnlySpan<char> digits) =>
        digits.Length is > 0 and <= 6 && digits[0] != '0' && int.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var edge) ? edge : null;
}
