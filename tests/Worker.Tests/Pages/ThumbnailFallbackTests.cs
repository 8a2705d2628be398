using System.Net;
using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Darkroom.Worker.Tests.Api;
using Darkroom.Worker.Thumbnails;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Darkroom.Worker.Tests.Pages;

/// <summary>A worker without a library that scales pictures, as one that was built without NetVips or runs where its native part isn't.</summary>
public sealed class ThumbnailFallbackTests
{
    // One pixel.
    private static readonly byte[] Small = Convert.FromBase64String("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==");

    // The same, too long for a grid: what follows the end of a PNG is no part of the picture.
    private static readonly byte[] Large = [.. Small, .. new byte[StoredPictures.MostBytes(ThumbnailSides.Grid)]];

    private static CancellationToken Cancel => ApiWorld.Cancel;

    [Fact]
    public async Task Thumbnail_WithoutALibrary_IsTheStoredFileWhereItIsSmallEnoughForItsSize()
    {
        await using var world = await CreateAsync();
        var (_, small, large) = await BatchAsync(world);

        foreach (var (item, width, expected) in new[] { (small, 240, Small), (small, 640, Small), (large, 640, Large), (large, 1600, Large) })
        {
            using var answer = await world.Client.GetAsync($"/v1/items/{item}/outputs/0/thumbnail?width={width}", Cancel);
            answer.StatusCode.ShouldBe(HttpStatusCode.OK);
            answer.Content.Headers.ContentType!.MediaType.ShouldBe("image/png");
            (await answer.Content.ReadAsByteArrayAsync(Cancel)).ShouldBe(expected, $"item {item}, {width}");
        }

        using var none = await world.Client.GetAsync($"/v1/items/{large}/outputs/0/thumbnail?width=240", Cancel);
        (await ApiWorld.ShouldRefuseAsync(none, HttpStatusCode.NotFound, "not-found"))["detail"]!.GetValue<string>().ShouldContain("preview of output 0");
        // What an item edits likewise; here both are inline.
        (await world.Client.GetByteArrayAsync($"/v1/items/{small}/inputs/0/thumbnail", Cancel)).ShouldBe(Small);
    }

    [Fact]
    public async Task Grid_WithoutALibrary_ShowsSmallFilesAndSaysWhereThereIsNoPreview()
    {
        if (Chromium.Path is null) Chromium.Miss("There is no Chromium. Install it, or name it in DARKROOM_CHROMIUM; ./verify does.");
        await using var world = await CreateAsync();
        var (batch, small, large) = await BatchAsync(world);
        using var playwright = await Playwright.CreateAsync();
        await using var browser = await Chromium.LaunchAsync(playwright);
        var page = await browser.NewPageAsync();
        page.SetDefaultTimeout(60_000);
        await page.GotoAsync(new Uri(world.Address, $"/batches/{batch}").ToString());

        var patience = new LocatorAssertionsToHaveJSPropertyOptions { Timeout = 60_000 };
        var shown = page.Locator($"#item-{small} img");
        await Expect(shown).ToHaveCountAsync(2, new() { Timeout = 60_000 });
        foreach (var at in new[] { 0, 1 }) await Expect(shown.Nth(at)).ToHaveJSPropertyAsync("naturalWidth", 1, patience);
        await Expect(page.Locator($"#item-{large} .nothing")).ToHaveTextAsync("no preview", new() { Timeout = 60_000 });
        await Expect(page.Locator($"#item-{large} img")).ToHaveCountAsync(1, new() { Timeout = 60_000 });

        // In the viewer the browser scales the stored file itself.
        await page.GotoAsync(new Uri(world.Address, $"/items/{large}").ToString());
        await Expect(page.Locator(".viewer .after img")).ToHaveJSPropertyAsync("naturalWidth", 1, patience);
    }

    // The registration that comes last counts.
    private static Task<ApiWorld> CreateAsync() => ApiWorld.CreateAsync(services => services.AddSingleton<IThumbnailMaker>(new StoredPictures()));

    /// <summary>A batch of two items that ended, one with a small and one with a large image.</summary>
    private static async Task<(string Batch, long Small, long Large)> BatchAsync(ApiWorld world)
    {
        var source = $"data:image/png;base64,{Convert.ToBase64String(Small)}";
        var rows = string.Concat(new[] { "small", "large" }.Select(id => new JsonObject { ["id"] = id, ["image"] = source, ["prompt"] = id }.ToJsonString() + "\n"));
        using var answer = await world.Client.PostAsync("/v1/batches", ApiWorld.Manifest(rows), Cancel);
        answer.StatusCode.ShouldBe(HttpStatusCode.Created, await answer.Content.ReadAsStringAsync(Cancel));
        var batch = (await ApiWorld.JsonOfAsync(answer))["batch"]!.GetValue<string>();
        foreach (var (key, bytes) in new[] { ("small", Small), ("large", Large) })
        {
            var path = $"{batch}/{key}.png";
            var file = Path.Combine(world.Folder.Home, "images", batch, $"{key}.png");
            Directory.CreateDirectory(Path.GetDirectoryName(file)!);
            await File.WriteAllBytesAsync(file, bytes, Cancel);
            await world.ExecuteAsync(
                $"""
                with made as (insert into attempt (item_id, batch_id, number, state, process_id, finished_at) select id, batch_id, 1, 'succeeded', 0, now() from item where key = '{key}' returning id, item_id)
                insert into output (item_id, number, attempt_id, path, bytes, sha256, format, width, height)
                select item_id, 0, id, '{path}', {bytes.Length}, '{Convert.ToHexStringLower(SHA256.HashData(bytes))}', 'png', 1, 1 from made
                """);
        }

        await world.ExecuteAsync("update item set state = 'succeeded', finished_at = now()");
        return (batch, await world.ScalarAsync<long>("select id from item where key = 'small'"), await world.ScalarAsync<long>("select id from item where key = 'large'"));
    }
}
