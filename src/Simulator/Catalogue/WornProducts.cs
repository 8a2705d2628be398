using static Darkroom.Simulator.Catalogue.Shapes;

namespace Darkroom.Simulator.Catalogue;

/// <summary>Drawings of things to wear and to carry.</summary>
internal static class WornProducts
{
    public static void Shirt(Canvas c) => c.Shadow(256, 440, 150, 20)
        .Fill(0x2F6DB5, Polygon(8, 196, 96, 316, 96, 420, 160, 384, 238, 346, 218, 346, 430, 166, 430, 166, 218, 128, 238, 92, 160), 0.35f)
        .Fill(0x204F86, Ellipse(256, 92, 54, 40), 0.2f)
        .Fill(0xE6E1D6, Ellipse(256, 82, 44, 34), 0)
        .Fill(0x204F86, Join(Line(166, 222, 166, 300, 4), Line(346, 222, 346, 300, 4)), 0)
        .Fill(0xF5D04C, Polygon(2, 256, 210, 267, 240, 299, 241, 274, 261, 283, 292, 256, 274, 229, 292, 238, 261, 213, 241, 245, 240), 0);

    public static void Shoe(Canvas c) => c.Shadow(262, 398, 210, 26)
        .Fill(0xC23B5A, Polygon(14, 98, 190, 168, 176, 216, 240, 300, 276, 406, 306, 432, 352, 92, 352), 0.4f)
        .Fill(0x8E2440, Polygon(8, 96, 196, 160, 184, 168, 214, 98, 236), 0.3f)
        .Fill(0xFFEFD6, Polygon(10, 82, 352, 440, 352, 436, 384, 90, 384), 0.15f)
        .Fill(0x3A3A42, Box(76, 378, 446, 396, 8), 0.1f)
        .Fill(0xFFFFFF, Join(Line(212, 262, 236, 226, 9), Line(242, 278, 264, 244, 9), Line(272, 290, 292, 258, 9)), 0)
        .Fill(0xF4C6D0, Line(130, 330, 230, 262, 12), 0.1f);

    public static void Bag(Canvas c) => c.Shadow(256, 436, 180, 26)
        .Fill(0x5E3A1E, Shapes.Ring(256, 196, 78, 92, 18).Less(Box(120, 206, 392, 430)), 0.2f)
        .Fill(0x9A6432, Polygon(16, 148, 206, 364, 206, 398, 416, 114, 416), 0.5f)
        .Fill(0x7B4D24, Polygon(10, 144, 204, 368, 204, 376, 282, 136, 282), 0.4f)
        .Fill(0xE5C25A, Box(236, 262, 276, 304, 8), 0.3f)
        .Fill(0x7B4D24, Ellipse(256, 283, 8, 8), 0);

    public static void Watch(Canvas c) => c.Shadow(256, 470, 90, 16)
        .Fill(0x3C2A20, Join(Box(212, 40, 300, 190, 14), Box(212, 322, 300, 472, 14)), 0.4f)
        .Fill(0x2A1C14, Join(Ellipse(256, 404, 6, 6), Ellipse(256, 430, 6, 6), Ellipse(256, 378, 6, 6)), 0)
        .Fill(0xB08D3C, Join(Ellipse(256, 256, 112, 112), Box(362, 242, 384, 270, 5)), 0.4f)
        .Fill(0x13253A, Ellipse(256, 256, 94, 94), 0.2f)
        .Fill(0xF2E6C2, Join(Line(256, 176, 256, 190, 6), Line(256, 322, 256, 336, 6), Line(176, 256, 190, 256, 6), Line(322, 256, 336, 256, 6)), 0)
        .Fill(0xF2E6C2, Join(Line(256, 256, 256, 198, 7), Line(256, 256, 302, 282, 6), Ellipse(256, 256, 8, 8)), 0);

    public static void Hat(Canvas c) => c.Shadow(256, 378, 200, 28)
        .Fill(0x4A4F3A, Ellipse(256, 344, 190, 42), 0.4f)
        .Fill(0x5E6549, Ellipse(256, 334, 186, 36), 0.4f)
        .Fill(0x676F50, Join(Polygon(26, 180, 190, 332, 190, 342, 318, 170, 318), Ellipse(256, 176, 84, 32)), 0.6f)
        .Fill(0x565D42, Ellipse(256, 168, 46, 14), 0.2f)
        .Fill(0xB5502B, Polygon(2, 150, 288, 362, 288, 368, 326, 144, 326), 0.5f);

    public static void Ring(Canvas c) => c.Shadow(256, 436, 110, 20)
        .Fill(0xD9A92F, Shapes.Ring(256, 310, 104, 110, 28), 0.7f)
        .Fill(0xF7DC85, Shapes.Ring(256, 310, 110, 116, 5), 0.3f)
        .Fill(0xB98A1E, Polygon(4, 218, 196, 294, 196, 280, 220, 232, 220), 0.3f)
        .Fill(0x2AA7C9, Polygon(3, 206, 110, 306, 110, 334, 144, 256, 206, 178, 144), 0.3f)
        .Fill(0x7FD6EA, Polygon(1, 214, 114, 298, 114, 286, 142, 226, 142), 0)
        .Fill(0x1B86A6, Polygon(1, 286, 146, 328, 146, 262, 198), 0)
        .Fill(0x52C1DC, Polygon(1, 184, 146, 226, 146, 250, 198), 0);

    public static void Book(Canvas c) => c.Shadow(262, 434, 160, 22)
        .Fill(0xEFE7D2, Polygon(4, 160, 96, 370, 84, 378, 412, 168, 428), 0)
        .Fill(0x123F43, Polygon(4, 146, 92, 164, 92, 172, 428, 154, 428), 0.2f)
        .Fill(0x1C6166, Polygon(5, 160, 90, 362, 78, 368, 400, 166, 422), 0.35f)
        .Fill(0xE8C66A, Join(Line(196, 150, 326, 142, 12), Line(208, 180, 316, 173, 7), Line(206, 366, 326, 356, 5)), 0)
        .Fill(0xE8C66A, Shapes.Ring(264, 270, 44, 46, 8), 0)
        .Fill(0xE8C66A, Ellipse(264, 270, 18, 19), 0);

    public static void Glasses(Canvas c) => c.Shadow(256, 348, 200, 18)
        .Fill(0x8FB7C9, Join(Box(96, 206, 226, 310, 44), Box(286, 206, 416, 310, 44)), 0.2f)
        .Fill(0xC9E3EC, Join(Line(128, 280, 176, 226, 10), Line(318, 280, 366, 226, 10)), 0)
        .Fill(0x2A1B15, Join(
            Box(86, 196, 236, 320, 52).Less(Box(102, 212, 220, 304, 40)), Box(276, 196, 426, 320, 52).Less(Box(292, 212, 410, 304, 40)),
            Line(234, 240, 278, 240, 14), Line(90, 226, 62, 206, 13), Line(422, 226, 450, 206, 13)), 0.2f);
}
