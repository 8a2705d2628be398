using System.Collections.Concurrent;
using Darkroom.Simulator.Imaging;

namespace Darkroom.Simulator.Catalogue;

/// <summary>
/// The small shop whose product pictures the simulator serves and edits: 512×512, drawn by formula, the same every time. For each
/// NAME there are <c>NAME.png</c>, <c>NAME.jpg</c>, <c>NAME.webp</c> (one flat colour) and <c>NAME-mask.png</c>, which is transparent where the backdrop
/// may be edited.
/// </summary>
public static class ShopCatalogue
{
    /// <summary>The host whose pictures are answered from here, under any path and scheme, without network.</summary>
    public const string Host = "shop.example";

    private const string MaskSuffix = "-mask";

    private static readonly Dictionary<string, (int Backdrop, Action<Canvas> Draw)> Products = new(StringComparer.OrdinalIgnoreCase)
    {
        ["mug"] = (0xEFEDE8, HomeProducts.Mug),
        ["shirt"] = (0xF0EEEA, WornProducts.Shirt),
        ["lamp"] = (0xE9ECEF, HomeProducts.Lamp),
        ["chair"] = (0xEEEDEB, HomeProducts.Chair),
        ["vase"] = (0xF1EEE9, HomeProducts.Vase),
        ["shoe"] = (0xDCE3E6, WornProducts.Shoe),
        ["bag"] = (0xECECEE, WornProducts.Bag),
        ["watch"] = (0xEDEFEF, WornProducts.Watch),
        ["bottle"] = (0xEFEDEA, HomeProducts.Bottle),
        ["book"] = (0xE2E6EC, WornProducts.Book),
        ["plant"] = (0xF0EEEC, HomeProducts.Plant),
        ["clock"] = (0xD9E2E4, HomeProducts.Clock),
        ["hat"] = (0xEEECEA, WornProducts.Hat),
        ["ring"] = (0xEAEAF0, WornProducts.Ring),
        ["teapot"] = (0xEFEEEA, HomeProducts.Teapot),
        ["cushion"] = (0xEAEEF0, HomeProducts.Cushion),
        ["candle"] = (0xECEEEA, HomeProducts.Candle),
        ["glasses"] = (0xF0ECE6, WornProducts.Glasses),
    };

    private static readonly ConcurrentDictionary<string, Lazy<(Raster Picture, Raster Mask)>> Drawn = new(StringComparer.OrdinalIgnoreCase);
    private static readonly ConcurrentDictionary<string, Lazy<byte[]>> Encoded = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>The products' names, in the shop's order.</summary>
    public static IReadOnlyList<string> Names { get; } = [.. Products.Keys];

    /// <summary>A file of the catalogue.</summary>
    /// <param name="fileName">Such as <c>mug.png</c> or <c>mug-mask.png</c>.</param>
    /// <returns>Its bytes, the same array every time, or null when the shop has no such file.</returns>
    public static byte[]? Find(string fileName)
    {
        ArgumentNullException.ThrowIfNull(fileName);
        var raster = FindRaster(fileName);
        return raster is null
            ? null
            : Encoded.GetOrAdd(fileName, name => new(() => Encode(raster, Path.GetExtension(name)))).Value;
    }

    /// <summary>The pixels of a file of the catalogue, undamaged by its format, or null.</summary>
    internal static Raster? FindRaster(string fileName)
    {
        var name = Path.GetFileNameWithoutExtension(fileName);
        var extension = Path.GetExtension(fileName).ToUpperInvariant();
        var mask = name.EndsWith(MaskSuffix, StringComparison.OrdinalIgnoreCase);
        name = mask ? name[..^MaskSuffix.Length] : name;
        var known = mask ? extension is ".PNG" : extension is ".PNG" or ".JPG" or ".JPEG" or ".WEBP";
        if (!known || !Products.TryGetValue(name, out var product))
        {
            return null;
        }

        var drawn = Drawn.GetOrAdd(name, _ => new(() => Draw(product))).Value;
        return mask ? drawn.Mask : drawn.Picture;
    }

    private static (Raster Picture, Raster Mask) Draw((int Backdrop, Action<Canvas> Draw) product)
    {
        var canvas = new Canvas(Rgb.FromHex(product.Backdrop));
        product.Draw(canvas);
        return (canvas.Picture, canvas.Mask());
    }

    private static byte[] Encode(Raster raster, string extension) => extension.ToUpperInvariant() switch
    {
        ".PNG" => PngEncoder.Encode(raster, alpha: raster.Pixels[3] == 0),
        ".WEBP" => WebpEncoder.Encode(raster.Width, raster.Height, Middle(raster)),
        _ => JpegEncoder.Encode(raster),
    };

    private static Rgb Middle(Raster raster)
    {
        var at = ((raster.Height / 2 * raster.Width) + (raster.Width / 2)) * 4;
        return new(raster.Pixels[at], raster.Pixels[at + 1], raster.Pixels[at + 2]);
    }
}
