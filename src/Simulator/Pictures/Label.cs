using System.Collections.Concurrent;
using System.Globalization;
using NetVips;

namespace Darkroom.Simulator.Pictures;

/// <summary>
/// The band at a picture's foot: that it is simulated, and as many of the prompt's words as fit. Its letters come from a picture file, because a server or a
/// container need not have a single font.
/// </summary>
internal static class Label
{
    // letters.png, one cell for each character: ASCII from the space on, Latin-1 from the no-break space on, and a box for all others. A cell's last fifth is empty,
    // so that no letter runs into the next one when the letters are enlarged or shrunk.
    private const int LastAscii = 0x7E, FirstLatin = 0xA0, LastLatin = 0xFF, Ascii = LastAscii - ' ' + 1, Latin = LastLatin - FirstLatin + 1, Cells = Ascii + Latin + 1;

    private const string Notice = "SIMULATED ";

    // By the height of a cell: shrinking the letters takes longer than all else here.
    private static readonly ConcurrentDictionary<int, Lazy<(byte[] Rows, int Width)>> Letters = new();

    /// <summary>Paints the band: three bands of colours.</summary>
    /// <param name="ground">The colour behind the letters.</param>
    public static Image Paint(PaintOrder order, int width, int height, double[] ground)
    {
        var cellHeight = height * 3 / 5;
        var letters = Letters.GetOrAdd(cellHeight, rows => new(() => ReadLetters(rows))).Value;
        var cellWidth = letters.Width / Cells;
        var letterWidth = cellWidth * 4 / 5;
        var number = order.Variants > 1 ? string.Create(CultureInfo.InvariantCulture, $" {order.Variant + 1}/{order.Variants}") : "";
        var room = (int)(0.96 * width / letterWidth) - Notice.Length - number.Length;
        var text = Notice + FirstWords(order.Prompt, Math.Max(room, 1)) + number;
        var band = new byte[width * height];
        var (left, top) = ((width - (text.Length * letterWidth)) / 2, (height - cellHeight) / 2);
        for (var i = 0; i < text.Length; i++)
        {
            for (var row = 0; row < cellHeight; row++)
            {
                letters.Rows.AsSpan((row * letters.Width) + (CellOf(text[i]) * cellWidth), letterWidth).CopyTo(band.AsSpan(((top + row) * width) + left + (i * letterWidth)));
            }
        }

        using var mask = Image.NewFromMemory(band, width, height, 1, Enums.BandFormat.Uchar);
        return mask.Linear([.. ground.Select(part => (255 - part) / 255)], ground, uchar: true);
    }

    private static int CellOf(char letter) => letter switch
    {
        >= ' ' and <= (char)LastAscii => letter - ' ',
        >= (char)FirstLatin and <= (char)LastLatin => Ascii + letter - FirstLatin,
        _ => Ascii + Latin,
    };

    private static (byte[] Rows, int Width) ReadLetters(int rows)
    {
        using var stream = typeof(Label).Assembly.GetManifestResourceStream("letters.png")!;
        using var file = Image.NewFromStream(stream);
        var columns = Math.Max(file.Width / Cells * rows / file.Height, 1);
        using var scaled = file.Resize((double)columns * Cells / file.Width, vscale: (double)rows / file.Height);
        return (scaled.WriteToMemory<byte>(), scaled.Width);
    }

    private static string FirstWords(string prompt, int room)
    {
        var line = string.Join(' ', prompt.Split((char[]?)null, 40, StringSplitOptions.RemoveEmptyEntries));
        if (line.Length <= room) return line;
        var end = line.LastIndexOf(' ', room - 1);
        return line[..(end > 0 ? end : room)];
    }
}
