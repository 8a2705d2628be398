using Darkroom.Simulator.Pictures;

namespace Darkroom.Simulator.Tests.Pictures;

public sealed class ShopCatalogueTests
{
    public static TheoryData<string> Names => [.. ShopCatalogue.Names];

    [Fact]
    public void Names_Shop_HasAtLeastSixteen() => ShopCatalogue.Names.Distinct().Count().ShouldBeGreaterThanOrEqualTo(16);

    [Theory]
    [MemberData(nameof(Names))]
    public void Find_Product_IsAPictureWithAMaskOfItsSize(string name)
    {
        var picture = PngFile.Read(ShopCatalogue.Find($"{name}.png")!);
        var mask = PngFile.Read(ShopCatalogue.Find($"{name}-mask.png")!);
        (picture.Width, picture.Height, picture.Channels).ShouldBe((512, 512, 3));
        (mask.Width, mask.Height, mask.Channels).ShouldBe((512, 512, 4));
        mask.At(3, 3).A.ShouldBe(0);
        Enumerable.Range(0, 512 * 512).Count(i => mask.Pixels[(i * 4) + 3] == 255).ShouldBeGreaterThan(5000);
        PictureFile.ReadInfo(ShopCatalogue.Find($"{name}.jpg")!).ShouldBe(new PictureInfo(PictureFormat.Jpeg, 512, 512, HasAlpha: false));
        PictureFile.ReadInfo(ShopCatalogue.Find($"{name}.webp")!).ShouldBe(new PictureInfo(PictureFormat.Webp, 512, 512, HasAlpha: false));
        foreach (var file in new[] { $"{name}.jpg", $"{name}.webp" })
        {
            var pixels = PictureFile.Decode(ShopCatalogue.Find(file)!)!.Rgba;
            Enumerable.Range(0, 512 * 512).Average(i => Math.Abs(pixels[i * 4] - picture.Pixels[i * 3])).ShouldBeLessThan(3, $"{file} is the same picture");
        }
    }

    [Theory]
    [InlineData("nothing.png")]
    [InlineData("mug.gif")]
    [InlineData("mug-mask.jpg")]
    [InlineData("")]
    public void Find_NoSuchFile_IsNull(string name) => ShopCatalogue.Find(name).ShouldBeNull();

    [Fact]
    public async Task Http_Catalogue_ServesTheSameFiles()
    {
        await using var simulation = await Simulation.StartAsync();
        (await simulation.Client.GetByteArrayAsync(simulation.At("/catalogue/mug.png"), Simulation.Token)).ShouldBe(ShopCatalogue.Find("mug.png"));
        (await simulation.Client.GetStringAsync(simulation.At("/catalogue"), Simulation.Token)).ShouldContain("teapot\n");
        using var none = await simulation.Client.GetAsync(simulation.At("/catalogue/none.png"), Simulation.Token);
        ((int)none.StatusCode).ShouldBe(404);
    }
}
