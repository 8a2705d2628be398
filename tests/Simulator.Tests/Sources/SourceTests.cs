using System.Text.Json.Nodes;
using Darkroom.Simulator.Pictures;

namespace Darkroom.Simulator.Tests.Sources;

public sealed class SourceTests
{
    private static string Data(byte[] file, string type = "png") => $"data:image/{type};base64,{Convert.ToBase64String(file)}";

    private static byte[] Damaged()
    {
        var file = ShopCatalogue.Find("mug.png")!.ToArray();
        file.AsSpan(file.Length / 2, 64).Clear();
        return file;
    }

    private static byte[] Half(string name)
    {
        var file = ShopCatalogue.Find(name)!;
        return file[..(file.Length / 2)];
    }

    public static TheoryData<string> Reachable =>
    [
        "https://shop.example/any/path/mug.png?v=2", "http://shop.example/mug.jpg", "https://shop.example/mug.webp",
        Data(ShopCatalogue.Find("lamp.png")!), Data(ShopCatalogue.Find("lamp.jpg")!, "jpeg"), Data(ShopCatalogue.Find("lamp.webp")!, "webp"),
        "https://images.never-contacted.example/123.jpg",
    ];

    [Theory]
    [MemberData(nameof(Reachable))]
    public async Task Edit_SourceReachable_IsEdited(string url)
    {
        await using var simulation = await Simulation.StartAsync();
        PngFile.Read(Simulation.ImageOf(await simulation.EditOkAsync(("images", Simulation.Images(url))))).Width.ShouldBe(1024);
    }

    [Theory]
    [InlineData("lamp.jpg", "jpeg")]
    [InlineData("lamp.webp", "webp")]
    public async Task Edit_SourceOfAnyFormat_IsTheSamePictureAsItsPng(string name, string type)
    {
        await using var simulation = await Simulation.StartAsync();
        var expected = PngFile.Read(Simulation.ImageOf(await simulation.EditOkAsync(("images", Simulation.Images("https://shop.example/lamp.png")))));
        var answer = PngFile.Read(Simulation.ImageOf(await simulation.EditOkAsync(("images", Simulation.Images(Data(ShopCatalogue.Find(name)!, type))))));
        answer.Pixels.Zip(expected.Pixels, (a, b) => Math.Abs(a - b)).Average().ShouldBeLessThan(3);
    }

    public static TheoryData<string, string, string> Unreachable => new()
    {
        { "https://shop.example/nothing.png", "invalid_image_url", "Error while downloading https://shop.example/nothing.png. Upstream status code: 404." },
        { "https://elsewhere.example/missing/1.png", "invalid_image_url", "Upstream status code: 404." },
        { "https://elsewhere.example/broken.png", "invalid_image_url", "Upstream status code: 404." },
        { "http://127.0.0.1:1/x.png", "invalid_image_url", "Upstream failed: ConnectionError." },
        { Data("not an image"u8.ToArray()), "invalid_image_file", "is not a PNG, JPEG or WebP" },
        { Data(Damaged()), "invalid_image_file", "The PNG is damaged" },
        { Data(Half("mug.jpg"), "jpeg"), "invalid_image_file", "The JPEG is damaged" },
        { Data(Half("mug.webp"), "webp"), "invalid_image_file", "is not a PNG, JPEG or WebP image that can be read" },
    };

    [Theory]
    [MemberData(nameof(Unreachable))]
    public async Task Edit_SourceUnusable_IsRefused(string url, string code, string message)
    {
        await using var simulation = await Simulation.StartAsync();
        var (status, error) = await simulation.EditRefusedAsync(Simulation.Body(("images", Simulation.Images(url))));
        status.ShouldBe(400);
        error["code"]!.GetValue<string>().ShouldBe(code);
        error["type"]!.GetValue<string>().ShouldBe(code == "invalid_image_file" ? "image_generation_user_error" : "invalid_request_error");
        error["message"]!.GetValue<string>().ShouldContain(message);
        error["param"]!.GetValue<string>().ShouldBe("images[0].image_url");
    }

    [Fact]
    public async Task Edit_LoopbackSource_IsFetched()
    {
        await using var simulation = await Simulation.StartAsync();
        await simulation.EditOkAsync(("images", Simulation.Images(simulation.At("/catalogue/vase.png").ToString())));
        var (_, error) = await simulation.EditRefusedAsync(Simulation.Body(("images", Simulation.Images(simulation.At("/catalogue/none.png").ToString()))));
        error["message"]!.GetValue<string>().ShouldEndWith("Upstream status code: 404.");
    }

    [Theory]
    [InlineData("https://shop.example/mug.png", true)]
    [InlineData("https://shop.example/mug.jpg", false)]
    public async Task Mask_Unfit_IsRefused(string mask, bool opaquePng)
    {
        await using var simulation = await Simulation.StartAsync();
        var (_, error) = await simulation.EditRefusedAsync(Simulation.Body(("mask", new JsonObject { ["image_url"] = mask })));
        error["code"]!.GetValue<string>().ShouldBe("invalid_image_file", opaquePng ? "no alpha" : "not PNG");
        error["param"]!.GetValue<string>().ShouldBe("mask.image_url");
    }

    [Fact]
    public async Task Mask_OtherSizeThanTheFirstImage_IsRefused()
    {
        await using var simulation = await Simulation.StartAsync();
        var large = Simulation.ImageOf(await simulation.EditOkAsync());
        var (_, error) = await simulation.EditRefusedAsync(
            Simulation.Body(("images", Simulation.Images(Data(large))), ("mask", new JsonObject { ["image_url"] = "https://shop.example/mug-mask.png" })));
        error["message"]!.GetValue<string>().ShouldBe("The mask has 512x512 pixels and the first image 1024x1024; they must be the same.");
    }
}
