using System.Security.Cryptography;
using Darkroom.Simulator.Catalogue;
using Darkroom.Simulator.Imaging;

namespace Darkroom.Simulator.Sources;

/// <summary>A picture for a source whose pixels can't be read: a product of the shop with its colours exchanged, chosen by hash.</summary>
internal static class StandInPicture
{
    private static readonly int[][] Orders = [[0, 1, 2], [1, 0, 2], [2, 1, 0], [1, 2, 0], [2, 0, 1], [0, 2, 1]];

    /// <summary>The picture for these bytes; the same ones give the same picture.</summary>
    public static Raster For(ReadOnlySpan<byte> key)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(key, hash);
        var name = ShopCatalogue.Names[hash[0] % ShopCatalogue.Names.Count];
        var order = Orders[hash[1] % Orders.Length];
        var from = ShopCatalogue.FindRaster(name + ".png")!;
        var to = new Raster(from.Width, from.Height);
        for (var i = 0; i < to.Pixels.Length; i += 4)
        {
            to.Pixels[i] = from.Pixels[i + order[0]];
            to.Pixels[i + 1] = from.Pixels[i + order[1]];
            to.Pixels[i + 2] = from.Pixels[i + order[2]];
            to.Pixels[i + 3] = from.Pixels[i + 3];
        }

        return to;
    }
}
