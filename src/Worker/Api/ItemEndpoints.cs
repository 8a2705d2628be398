using System.Globalization;
using Darkroom.Jobs.Browsing;
using Darkroom.Jobs.Images;
using Darkroom.Jobs.Outputs;
using Darkroom.Worker.Access;
using Darkroom.Worker.Client;
using Darkroom.Worker.Client.Shapes;
using Microsoft.Net.Http.Headers;

namespace Darkroom.Worker.Api;

/// <summary><c>/v1/items</c>: one item, and its images.</summary>
internal static class ItemEndpoints
{
    public static void Map(IEndpointRouteBuilder api)
    {
        api.MapGet("/items/{item:long}", GetAsync).RequireAuthorization(AccessDefaults.Viewer)
            .WithName("GetItem").WithSummary("An item with all its attempts.").Produces<ItemDetailShape>();
        api.MapGet("/items/{item:long}/outputs/{number:int}", GetOutputAsync).RequireAuthorization(AccessDefaults.Viewer)
            .WithName("GetOutput").WithSummary("An image of an item, from 0; ranges are served.").Produces<byte[]>(StatusCodes.Status200OK, "image/png", "image/jpeg", "image/webp", "application/octet-stream");
        api.MapGet("/items/{item:long}/former/{attempt:int}/{number:int}", GetFormerAsync).RequireAuthorization(AccessDefaults.Viewer)
            .WithName("GetFormerOutput").WithSummary("An image of an item that another one took the place of, by the attempt that made it and its number there.").Produces<byte[]>(StatusCodes.Status200OK, "image/png", "image/jpeg", "image/webp", "application/octet-stream");
    }

    /// <summary>Where a former image can be had.</summary>
    internal static string AddressOf(long item, FormerImage former) =>
        string.Create(CultureInfo.InvariantCulture, $"/v1/items/{item}/former/{former.Attempt}/{former.Image.Index}");

    private static async Task<IResult> GetAsync(long item, IItemBrowser items, CancellationToken cancellationToken) =>
        TypedResults.Json(ShapeMaker.Item(await items.GetAsync(item, cancellationToken) ?? throw Problems.NotFound($"item {item}")), ClientJson.Options);

    // The path comes from the database, never from the address.
    private static async Task<IResult> GetOutputAsync(HttpContext context, long item, int number, IItemBrowser items, IImageStore images, CancellationToken cancellationToken)
    {
        var row = (await items.GetRowsAsync([item], cancellationToken)).FirstOrDefault() ?? throw Problems.NotFound($"item {item}");
        var output = row.Outputs.FirstOrDefault(output => output.Index == number) ?? throw Problems.NotFound($"output {number} of item {item}");
        // The next attempt's images have the same address, so browsers ask whether it is still the same.
        return await StreamAsync(context, output, "private, no-cache", images, cancellationToken);
    }

    private static async Task<IResult> GetFormerAsync(HttpContext context, long item, int attempt, int number, IItemBrowser items, IImageStore images, CancellationToken cancellationToken)
    {
        var former = await items.GetFormerAsync(item, attempt, number, cancellationToken) ?? throw Problems.NotFound($"former image {number} of attempt {attempt} of item {item}");
        // An attempt's images never change.
        return await StreamAsync(context, former.Image, "private, max-age=31536000, immutable", images, cancellationToken);
    }

    private static async Task<IResult> StreamAsync(HttpContext context, StoredImage output, string caching, IImageStore images, CancellationToken cancellationToken)
    {
        var stream = await images.OpenReadAsync(output.Path, cancellationToken) ?? throw Problems.NotFound($"image {output.Path} in the store any more");
        var headers = context.Response.Headers;
        headers.ContentSecurityPolicy = "default-src 'none'; sandbox";
        headers.CacheControl = caching;
        var type = ImageFormats.MediaTypeOf(output.Format);
        // What isn't known to be an image isn't shown.
        var name = type == "application/octet-stream" ? Path.GetFileName(output.Path) : null;
        return TypedResults.Stream(stream, type, name, lastModified: null, new EntityTagHeaderValue($"\"{output.Sha256}\""), enableRangeProcessing: stream.CanSeek);
    }
}
