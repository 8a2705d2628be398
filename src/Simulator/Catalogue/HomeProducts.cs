using static Darkroom.Simulator.Catalogue.Shapes;

namespace Darkroom.Simulator.Catalogue;

/// <summary>Drawings of things for the home.</summary>
internal static class HomeProducts
{
    public static void Mug(Canvas c) => c.Shadow(255, 418, 175, 32)
        .Fill(0xB23A2E, Ring(345, 275, 62, 72, 26).Less(Box(150, 150, 330, 420)))
        .Fill(0xC8453A, Join(Box(140, 160, 340, 400, 24), Ellipse(240, 398, 96, 22)), 0.6f)
        .Fill(0x9C342B, Ellipse(240, 162, 100, 26), 0.3f)
        .Fill(0x3B1F14, Ellipse(240, 168, 88, 18), 0.2f)
        .Fill(0xF3E3D3, Box(140, 268, 340, 296).And(Box(140, 160, 340, 400, 24)), 0.6f);

    public static void Lamp(Canvas c) => c.Shadow(256, 438, 150, 26)
        .Fill(0x5A4632, Join(Ellipse(256, 432, 88, 18), Box(168, 424, 344, 436, 6)), 0.4f)
        .Fill(0x8A6C48, Box(246, 250, 266, 430, 6), 0.6f)
        .Fill(0x8A6C48, Ellipse(256, 360, 26, 34), 0.6f)
        .Fill(0xE0A83C, Polygon(6, 200, 90, 312, 90, 376, 262, 136, 262), 0.7f)
        .Fill(0xB47F22, Polygon(2, 138, 254, 374, 254, 377, 264, 135, 264), 0.5f)
        .Fill(0xB47F22, Box(196, 84, 316, 94, 4), 0.5f);

    public static void Chair(Canvas c) => c.Shadow(256, 452, 170, 24)
        .Fill(0x6B4226, Join(Line(178, 310, 158, 446, 18), Line(334, 310, 354, 446, 18)), 0.3f)
        .Fill(0x553319, Join(Line(212, 310, 206, 420, 14), Line(300, 310, 306, 420, 14)), 0.3f)
        .Fill(0x7A4B2B, Join(Line(180, 290, 172, 84, 20), Line(332, 290, 340, 84, 20)), 0.3f)
        .Fill(0x8B5733, Join(Box(170, 84, 342, 122, 14), Box(176, 144, 336, 172, 10), Box(178, 196, 334, 222, 10)), 0.3f)
        .Fill(0x2F6B6A, Polygon(12, 178, 272, 334, 272, 360, 312, 152, 312), 0.35f)
        .Fill(0x245453, Box(144, 312, 368, 332, 10), 0.35f);

    public static void Vase(Canvas c) => c.Shadow(256, 446, 130, 26)
        .Fill(0x2C5C9E, Join(Ellipse(256, 320, 104, 122), Box(218, 120, 294, 240, 10), Ellipse(256, 436, 62, 12), Box(194, 400, 318, 438, 8)), 0.8f)
        .Fill(0x24508C, Ellipse(256, 118, 58, 16), 0.5f)
        .Fill(0x132C50, Ellipse(256, 118, 46, 10), 0.2f)
        .Fill(0xE9D9A8, Box(140, 300, 372, 312).And(Ellipse(256, 320, 104, 122)), 0.7f)
        .Fill(0xE9D9A8, Box(140, 326, 372, 332).And(Ellipse(256, 320, 104, 122)), 0.7f);

    public static void Bottle(Canvas c) => c.Shadow(256, 452, 110, 22)
        .Fill(0x1F6B45, Join(Box(196, 210, 316, 446, 22), Box(232, 96, 280, 240, 8), Ellipse(256, 222, 60, 52)), 0.9f)
        .Fill(0xB98A4A, Box(228, 62, 284, 104, 6), 0.5f)
        .Fill(0xF4ECD8, Box(196, 284, 316, 384), 0.5f)
        .Fill(0x1F6B45, Join(Box(212, 304, 300, 312, 3), Box(222, 324, 290, 330, 3), Ellipse(256, 356, 14, 14)), 0.2f)
        .Fill(0x6FB890, Line(212, 230, 212, 276, 6), 0.1f);

    public static void Teapot(Canvas c) => c.Shadow(256, 406, 190, 30)
        .Fill(0x6C4A8F, Ring(374, 270, 56, 62, 24).Less(Box(180, 150, 340, 420)), 0.4f)
        .Fill(0x6C4A8F, Polygon(8, 176, 300, 84, 208, 98, 192, 150, 222, 200, 250), 0.4f)
        .Fill(0x7D58A4, Join(Ellipse(256, 288, 124, 104), Box(186, 372, 326, 398, 12)), 0.7f)
        .Fill(0x65448A, Ellipse(256, 192, 74, 20), 0.5f)
        .Fill(0x7D58A4, Ellipse(256, 180, 62, 26), 0.6f)
        .Fill(0xE6C15A, Ellipse(256, 146, 18, 18), 0.5f)
        .Fill(0xE6C15A, Box(120, 276, 400, 288).And(Ellipse(256, 288, 124, 104)), 0.6f);

    public static void Cushion(Canvas c) => c.Shadow(256, 420, 190, 28)
        .Fill(0xD0703C, Join(Box(112, 122, 400, 410, 60), Ellipse(126, 136, 24, 24), Ellipse(386, 136, 24, 24), Ellipse(126, 396, 24, 24), Ellipse(386, 396, 24, 24)), 0.6f)
        .Fill(0xF1D3A8, Join(Line(150, 200, 362, 200, 10), Line(150, 266, 362, 266, 10), Line(150, 332, 362, 332, 10)), 0.5f)
        .Fill(0x8F4420, Ellipse(256, 266, 16, 16), 0.4f);

    public static void Plant(Canvas c) => c.Shadow(256, 448, 130, 24)
        .Fill(0x2E6B34, Join(Leaf(256, 320, 150, 170), Leaf(256, 320, 362, 170), Leaf(256, 320, 256, 96)), 0.4f)
        .Fill(0x3F8A45, Join(Leaf(256, 330, 120, 256), Leaf(256, 330, 392, 256), Leaf(256, 320, 200, 116), Leaf(256, 320, 312, 116)), 0.4f)
        .Fill(0xC4693F, Polygon(6, 190, 330, 322, 330, 302, 440, 210, 440), 0.7f)
        .Fill(0xA8552F, Box(178, 312, 334, 346, 8), 0.6f);

    public static void Clock(Canvas c) => c.Shadow(256, 438, 170, 24)
        .Fill(0x22303C, Ellipse(256, 256, 168, 168), 0.3f)
        .Fill(0xFBF7EC, Ellipse(256, 256, 148, 148), 0.1f)
        .Fill(0x22303C, Join(
            Line(256, 122, 256, 144, 10), Line(256, 368, 256, 390, 10), Line(122, 256, 144, 256, 10), Line(368, 256, 390, 256, 10),
            Line(323, 140, 315, 154, 6), Line(372, 189, 358, 197, 6), Line(372, 323, 358, 315, 6), Line(323, 372, 315, 358, 6),
            Line(189, 372, 197, 358, 6), Line(140, 323, 154, 315, 6), Line(140, 189, 154, 197, 6), Line(189, 140, 197, 154, 6)), 0)
        .Fill(0x22303C, Join(Line(256, 256, 200, 196, 12), Line(256, 256, 330, 178, 8)), 0)
        .Fill(0xC8392B, Join(Line(256, 280, 256, 366, 4), Ellipse(256, 256, 11, 11)), 0);

    public static void Candle(Canvas c) => c.Shadow(256, 440, 140, 26)
        .Fill(0x7B8794, Join(Ellipse(256, 428, 108, 22), Box(148, 416, 364, 430, 8)), 0.5f)
        .Fill(0xB23A67, Box(206, 190, 306, 422, 14), 0.8f)
        .Fill(0xD46A92, Ellipse(256, 194, 50, 13), 0.3f)
        .Fill(0x2B2B2B, Line(256, 190, 256, 166, 5), 0)
        .Fill(0xF0922B, Join(Ellipse(256, 140, 20, 30), Polygon(2, 240, 128, 256, 84, 272, 128)), 0)
        .Fill(0xFFE27A, Ellipse(256, 148, 10, 17), 0);

    /// <summary>A pointed oval from the stem to the tip.</summary>
    private static Shape Leaf(float x1, float y1, float x2, float y2)
    {
        var (mx, my) = ((x1 + x2) / 2, (y1 + y2) / 2);
        var (nx, ny) = ((y1 - y2) * 0.42f, (x2 - x1) * 0.42f);
        var reach = MathF.Sqrt(((x2 - x1) * (x2 - x1)) + ((y2 - y1) * (y2 - y1))) * 0.65f;
        return Ellipse(mx + nx, my + ny, reach, reach).And(Ellipse(mx - nx, my - ny, reach, reach));
    }
}
