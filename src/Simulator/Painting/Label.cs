using System.Globalization;
using Darkroom.Simulator.Imaging;

namespace Darkroom.Simulator.Painting;

/// <summary>The frame around a picture, and a band at its foot with as many of the prompt's words as fit.</summary>
internal sealed class Label
{
    private readonly string text;
    private readonly int width, height, scale, frame, left, top, bandTop;

    /// <summary>The label of one picture of this computed size.</summary>
    public Label(PaintOrder order, int width, int height)
    {
        (this.width, this.height) = (width, height);
        scale = Math.Max(1, width / 256);
        frame = Math.Max(1, width / 64);
        var number = order.Variants > 1 ? string.Create(CultureInfo.InvariantCulture, $" {order.Variant + 1}/{order.Variants}") : "";
        var room = ((width - (4 * frame)) / (BitmapFont.Advance * scale)) - number.Length;
        text = FirstWords(order.Prompt, Math.Max(room, 1)) + number;
        left = (width - (text.Length * BitmapFont.Advance * scale)) / 2;
        bandTop = height - frame - ((BitmapFont.Height + 6) * scale);
        top = bandTop + (3 * scale);
    }

    /// <summary>What lies over a place.</summary>
    public LabelPart At(int x, int y)
    {
        if (x < frame || y < frame || x >= width - frame || y >= height - frame)
        {
            return LabelPart.Frame;
        }

        if (y < bandTop)
        {
            return LabelPart.None;
        }

        return x >= left && y >= top && BitmapFont.IsSet(text, (x - left) / scale, (y - top) / scale) ? LabelPart.Letter : LabelPart.Band;
    }

    private static string FirstWords(string prompt, int room)
    {
        var line = string.Join(' ', prompt.Split((char[]?)null, 40, StringSplitOptions.RemoveEmptyEntries));
        if (line.Length <= room)
        {
            return line;
        }

        var end = line.LastIndexOf(' ', room - 1);
        return line[..(end > 0 ? end : room)];
    }
}
