using System.Globalization;
using Darkroom.Simulator.Models;

namespace Darkroom.Simulator.Requests;

/// <summary>Which output sizes a model takes.</summary>
internal static class SizeRules
{
    private const int Step = 16, MaxEdge = 3840, MaxRatio = 3, MinPixels = 655_360, MaxPixels = 8_294_400;

    private static readonly string[] Three = ["1024x1024", "1536x1024", "1024x1536", "auto"];
    private static readonly string[] Square = ["256x256", "512x512", "1024x1024"];

    /// <summary>Reads <c>size</c>; null means auto, or that it was refused.</summary>
    public static (int Width, int Height)? Read(FieldReader fields, ModelTraits model)
    {
        if (!model.HasFreeSizes)
        {
            var word = fields.Choice("size", model.IsDallE2 ? Square : Three);
            return word is null or "auto" ? model.IsDallE2 ? (1024, 1024) : null : Parse(word);
        }

        var text = fields.Text("size", 32);
        if (text is null or "auto")
        {
            return null;
        }

        if (Parse(text) is not { } size)
        {
            fields.Refuse("invalid_value", $"Invalid size '{text}'. Expected WIDTHxHEIGHT or 'auto'.", "size");
            return null;
        }

        if (Problem(size.Width, size.Height) is { } problem)
        {
            fields.Refuse("invalid_value", $"Invalid size '{text}'. {problem}", "size");
        }

        return size;
    }

    /// <summary>The size that auto means: the one of the three that is nearest in shape to the first source.</summary>
    public static (int Width, int Height) Nearest(int width, int height) => ((double)width / height) switch
    {
        > 1.25 => (1536, 1024),
        < 0.8 => (1024, 1536),
        _ => (1024, 1024),
    };

    private static string? Problem(int width, int height)
    {
        var pixels = (long)width * height;
        if (width % Step != 0 || height % Step != 0)
        {
            return $"Width and height must be multiples of {Step}.";
        }

        if (Math.Max(width, height) > MaxEdge)
        {
            return $"The longest edge must be at most {MaxEdge}.";
        }

        if (Math.Max(width, height) > MaxRatio * Math.Min(width, height))
        {
            return $"The ratio must be 1:{MaxRatio} to {MaxRatio}:1.";
        }

        return pixels is < MinPixels or > MaxPixels ? $"It must have {MinPixels} to {MaxPixels} pixels." : null;
    }

    private static (int Width, int Height)? Parse(string text)
    {
        var parts = text.Split('x');
        return parts.Length == 2
            && int.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out var width)
            && int.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out var height)
            && width > 0 && height > 0
            ? (width, height)
            : null;
    }
}
