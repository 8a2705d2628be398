namespace Darkroom.Simulator.Imaging;

/// <summary>Capitals, digits and a little punctuation, five pixels wide and seven high.</summary>
internal static class BitmapFont
{
    /// <summary>Pixels from one letter to the next, at scale 1.</summary>
    public const int Advance = 6;

    /// <summary>Pixels of a letter's height, at scale 1.</summary>
    public const int Height = 7;

    private const string Letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-.,!?:'/";

    /// <summary>Seven rows a letter, five bits a row, highest bit on the left.</summary>
    private static readonly byte[] Rows =
    [
        14, 17, 17, 31, 17, 17, 17, 30, 17, 17, 30, 17, 17, 30, 14, 17, 16, 16, 16, 17, 14, 30, 17, 17, 17, 17, 17, 30,
        31, 16, 16, 30, 16, 16, 31, 31, 16, 16, 30, 16, 16, 16, 14, 17, 16, 23, 17, 17, 15, 17, 17, 17, 31, 17, 17, 17,
        14, 4, 4, 4, 4, 4, 14, 7, 2, 2, 2, 2, 18, 12, 17, 18, 20, 24, 20, 18, 17, 16, 16, 16, 16, 16, 16, 31,
        17, 27, 21, 21, 17, 17, 17, 17, 17, 25, 21, 19, 17, 17, 14, 17, 17, 17, 17, 17, 14, 30, 17, 17, 30, 16, 16, 16,
        14, 17, 17, 17, 21, 18, 13, 30, 17, 17, 30, 20, 18, 17, 15, 16, 16, 14, 1, 1, 30, 31, 4, 4, 4, 4, 4, 4,
        17, 17, 17, 17, 17, 17, 14, 17, 17, 17, 17, 17, 10, 4, 17, 17, 17, 21, 21, 21, 10, 17, 17, 10, 4, 10, 17, 17,
        17, 17, 17, 10, 4, 4, 4, 31, 1, 2, 4, 8, 16, 31,
        14, 17, 19, 21, 25, 17, 14, 4, 12, 4, 4, 4, 4, 14, 14, 17, 1, 2, 4, 8, 31, 31, 2, 4, 2, 1, 17, 14,
        2, 6, 10, 18, 31, 2, 2, 31, 16, 30, 1, 1, 17, 14, 6, 8, 16, 30, 17, 17, 14, 31, 1, 2, 4, 8, 8, 8,
        14, 17, 17, 14, 17, 17, 14, 14, 17, 17, 15, 1, 2, 12,
        0, 0, 0, 31, 0, 0, 0, 0, 0, 0, 0, 0, 12, 12, 0, 0, 0, 0, 12, 4, 8, 4, 4, 4, 4, 4, 0, 4,
        14, 17, 1, 2, 4, 0, 4, 0, 12, 12, 0, 12, 12, 0, 4, 4, 8, 0, 0, 0, 0, 1, 1, 2, 4, 8, 16, 16,
    ];

    /// <summary>Whether a pixel of a text is set. Letters that the font lacks are blank.</summary>
    /// <param name="x">From the text's left edge, at scale 1.</param>
    /// <param name="y">From its top edge, at scale 1.</param>
    public static bool IsSet(ReadOnlySpan<char> text, int x, int y)
    {
        var column = x % Advance;
        if (x < 0 || y is < 0 or >= Height || column == Advance - 1 || x / Advance >= text.Length)
        {
            return false;
        }

        var letter = Letters.IndexOf(char.ToUpperInvariant(text[x / Advance]));
        return letter >= 0 && ((Rows[(letter * Height) + y] >> (4 - column)) & 1) == 1;
    }
}
