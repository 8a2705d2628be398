using System.Globalization;
using System.Security.Cryptography;
using Darkroom.Jobs.Browsing;
using Darkroom.Worker.Access;
using Darkroom.Worker.Api;
using Microsoft.Net.Http.Headers;

namespace Darkroom.Worker.Thumbnails;

/// <summary>Small pictures of outputs and of what items edit.</summary>
internal static class ThumbnailEndpoints
{
    public static void Map(IEndpointRouteBuilder api)
    {
        api.MapGet("/items/{item:long}/outputs/{number:int}/thumbnail", GetOutputAsync).RequireAuthorization(AccessDefaults.Viewer)
            .WithName("GetOutputThumbnail").WithSummary("A small picture of an output: 'width' is 240, 640 or 1600, the side of the square that it fits into.").Produces<byte[]>(StatusCodes.Status200OK, "image/webp");
        api.MapGet("/items/{item:long}/inputs/{number:int}/thumbnail", GetInputAsync).RequireAuthorization(AccessDefaults.Viewer)
            .WithName("GetInputThumbnail").WithSummary("A small picture of an image that an item edits, from 0, fetched by the worker under the rules of Sources.").Produces<byte[]>(StatusCodes.Status200OK, "image/webp");
        api.MapGet("/items/{item:long}/former/{attempt:int}/{number:int}/thumbnail", GetFormerAsync).RequireAuthorization(AccessDefaults.Viewer)
            .WithName("GetFormerThumbnail").WithSummary("A small picture of an image that another one took the place of.").Produces<byte[]>(StatusCodes.Status200OK, "image/webp");
    }

    private static async Task<IResult> GetFormerAsync(HttpContext context, long item, int attempt, int number, string? width, IItemBrowser items, ThumbnailSources thumbnails, CancellationToken cancellationToken)
    {
        var former = await items.GetFormerAsync(item, attempt, number, cancellationToken) ?? throw Problems.NotFound($"former image {number} of attempt {attempt} of item {item}");
        var made = await thumbnails.OfOutputAsync(former.Image, Side(width), cancellationToken) ?? throw Problems.NotFound($"preview of former image {number} of attempt {attempt} of item {item}");
        return Answer(context, made, "private, max-age=31536000, immutable");
    }

    private static async Task<IResult> GetOutputAsync(HttpContext context, long item, int number, string? width, string? v, IItemBrowser items, ThumbnailSources thumbnails, CancellationToken cancellationToken)
    {
        var row = (await items.GetRowsAsync([item], cancellationToken)).FirstOrDefault() ?? throw Problems.NotFound($"item {item}");
        var output = row.Outputs.FirstOrDefault(output => output.Index == number) ?? throw Problems.NotFound($"output {number} of item {item}");
        var made = await thumbnails.OfOutputAsync(output, Side(width), cancellationToken) ?? throw Problems.NotFound($"preview of output {number} of item {item}");
        // The address names the content, so it never means another picture.
        return Answer(context, made, v is { Length: >= 8 } && output.Sha256.StartsWith(v, StringComparison.Ordinal) ? "private, max-age=31536000, immutable" : "private, no-cache");
    }

    private static async Task<IResult> GetInputAsync(HttpContext context, long item, int number, string? width, IItemBrowser items, ThumbnailSources thumbnails, CancellationToken cancellationToken)
    {
        var row = (await items.GetRowsAsync([item], cancellationToken)).FirstOrDefault() ?? throw Problems.NotFound($"item {item}");
        var input = row.Input ?? (await items.GetAsync(item, cancellationToken))?.Item.Input ?? throw Problems.NotFound($"item {item}");
        if (number < 0 || number >= input.Images.Count) throw Problems.NotFound($"image {number} of item {item}");
        var made = await thumbnails.OfInputAsync(input.Images[number], Side(width), cancellationToken) ?? throw Problems.NotFound($"preview of image {number} of item {item}");
        return Answer(context, made, "private, max-age=3600");
    }

    private static IResult Answer(HttpContext context, Thumbnail thumbnail, string caching)
    {
        context.Response.Headers.CacheControl = caching;
        context.Response.Headers.ContentSecurityPolicy = "default-src 'none'; sandbox";
        return TypedResults.Bytes(thumbnail.Bytes, thumbnail.MediaType, entityTag: new EntityTagHeaderValue($"\"{Convert.ToHexStringLower(SHA256.HashData(thumbnail.Bytes))[..32]}\""));
    }

    private static int Side(string? width) =>
        width is null ? ThumbnailSides.Grid
        : int.TryParse(width, NumberStyles.None, CultureInfo.InvariantCulture, out var side) && ThumbnailSides.All.Contains(side) ? side
        : throw Problems.BadField("width", $"must be {string.Join(" or ", ThumbnailSides.All)}");
}
