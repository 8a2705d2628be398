using System.Collections.Concurrent;
using System.Security.Cryptography;

namespace Darkroom.Simulator.Pictures;

/// <summary>A picture of the shop: its file, the file's header, and its pixels once they are asked for.</summary>
internal sealed record ShopPicture(byte[] File, PictureInfo Info, Lazy<Pixels> Pixels);

/// <summary>
/// The small shop whose product pictures (samples/shop) the simulator serves and edits: 512×512 pixels. For each NAME there are <c>NAME.png</c>, <c>NAME.jpg</c>,
/// <c>NAME.webp</c> and <c>NAME-mask.png</c>, which is transparent where the backdrop may be edited.
/// </summary>
public static class ShopCatalogue
{
    /// <summary>The host whose pictures are answered from here, under any path and scheme, without network.</summary>
    public const string Host = "shop.example";

    private const string Folder = "shop/", MaskSuffix = "-mask.png";

    private static readonly int[][] ColourOrders = [[0, 1, 2], [1, 0, 2], [2, 1, 0], [1, 2, 0], [2, 0, 1], [0, 2, 1]];
    private static readonly ConcurrentDictionary<string, ShopPicture?> Pictures = new(StringComparer.Ordinal);
    private static readonly HashSet<string> Resources = [.. typeof(ShopCatalogue).Assembly.GetManifestResourceNames()];

    /// <summary>The products' names in alphabetical order.</summary>
    public static IReadOnlyList<string> Names { get; } =
        [.. Resources.Where(name => name.EndsWith(MaskSuffix, StringComparison.Ordinal)).Select(name => name[Folder.Length..^MaskSuffix.Length]).Order(StringComparer.Ordinal)];

    /// <summary>A file of the catalogue.</summary>
    /// <param name="fileName">Such as <c>mug.png</c> or <c>mug-mask.png</c>, in any case.</param>
    /// <returns>Its bytes, the same array every time, or null when the shop has no such file.</returns>
    public static byte[]? Find(string fileName) => FindPicture(fileName)?.File;

    /// <summary>A picture of the catalogue, or null.</summary>
    internal static ShopPicture? FindPicture(string fileName)
    {
        ArgumentNullException.ThrowIfNull(fileName);
        var name = Folder + fileName.ToLowerInvariant().Replace(".jpeg", ".jpg", StringComparison.Ordinal);
        return Resources.Contains(name) ? Pictures.GetOrAdd(name, Read) : null;
    }

    /// <summary>A picture for a source whose pixels can't be had: a product with its colours exchanged. The same key gives the same picture.</summary>
    internal static Pixels StandInFor(ReadOnlySpan<byte> key)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(key, hash);
        var order = ColourOrders[hash[1] % ColourOrders.Length];
        using var product = FindPicture(Names[hash[0] % Names.Count] + ".png")!.Pixels.Value.ToImage();
        using var exchanged = product[order[0]].Bandjoin(product[order[1]], product[order[2]], product[3]);
        return new(exchanged.WriteToMemory<byte>(), exchanged.Width, exchanged.Height);
    }

    private static ShopPicture Read(string resource)
    {
        using var stream = typeof(ShopCatalogue).Assembly.GetManifestResourceStream(resource)!;
        var file = new byte[stream.Length];
        stream.ReadExactly(file);
        return new(file, PictureFile.ReadInfo(file)!, new(() => PictureFile.Decode(file)!));
    }
}
