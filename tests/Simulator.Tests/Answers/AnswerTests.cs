using System.Buffers.Binary;
using System.Text.Json.Nodes;
using Darkroom.Simulator.Catalogue;
using Darkroom.Simulator.Imaging;

namespace Darkroom.Simulator.Tests.Answers;

public sealed class AnswerTests
{
    [Theory]
    [InlineData("gpt-image-1", "1024x1024", 1024, 1024)]
    [InlineData("gpt-image-1", "1536x1024", 1536, 1024)]
    [InlineData("gpt-image-1.5", "1024x1536", 1024, 1536)]
    [InlineData("gpt-image-2", "auto", 1024, 1024)]
    [InlineData("gpt-image-2", "1008x1360", 1008, 1360)]
    [InlineData("gpt-image-2", "3840x2160", 3840, 2160)]
    public async Task Png_AnySize_DecodesAndSaysSo(string model, string size, int width, int height)
    {
        await using var simulation = await Simulation.StartAsync();
        var answer = await simulation.EditOkAsync(("model", model), ("size", size), ("quality", "high"));
        var png = PngFile.Read(Simulation.ImageOf(answer));
        (png.Width, png.Height, png.Channels).ShouldBe((width, height, 3));
        answer["size"]!.GetValue<string>().ShouldBe($"{width}x{height}");
        answer["quality"]!.GetValue<string>().ShouldBe("high");
        answer["background"]!.GetValue<string>().ShouldBe("opaque");
        answer["output_format"]!.GetValue<string>().ShouldBe("png");
        answer["created"]!.GetValue<long>().ShouldBeGreaterThan(0);
    }

    [Fact]
    public async Task Png_Transparent_LeavesTheBackdropOut()
    {
        await using var simulation = await Simulation.StartAsync();
        var answer = await simulation.EditOkAsync(("background", "transparent"));
        var png = PngFile.Read(Simulation.ImageOf(answer));
        png.At(60, 60).A.ShouldBe(0);
        png.At(480, 700).A.ShouldBe(255);
        answer["background"]!.GetValue<string>().ShouldBe("transparent");
    }

    [Fact]
    public async Task Png_Mask_KeepsTheProductToThePixel()
    {
        await using var simulation = await Simulation.StartAsync();
        var answer = await simulation.EditOkAsync(
            ("mask", new JsonObject { ["image_url"] = "https://shop.example/mug-mask.png" }), ("prompt", "on black"));
        var png = PngFile.Read(Simulation.ImageOf(answer));
        var source = PngFile.Read(ShopCatalogue.Find("mug.png")!);
        png.At(480, 700).ShouldBe(source.At(240, 350));
        png.At(60, 60).R.ShouldBeLessThan(60);
        source.At(30, 30).R.ShouldBeGreaterThan(200);
    }

    [Fact]
    public async Task Png_OtherPromptOrSource_IsAnotherPicture()
    {
        await using var simulation = await Simulation.StartAsync();
        var first = PngFile.Read(Simulation.ImageOf(await simulation.EditOkAsync()));
        var prompt = PngFile.Read(Simulation.ImageOf(await simulation.EditOkAsync(("prompt", "Make it festive"))));
        var source = PngFile.Read(Simulation.ImageOf(await simulation.EditOkAsync(("images", Simulation.Images("https://shop.example/lamp.png")))));
        var again = PngFile.Read(Simulation.ImageOf(await simulation.EditOkAsync()));
        prompt.Pixels.ShouldNotBe(first.Pixels);
        source.Pixels.ShouldNotBe(first.Pixels);
        again.Pixels.ShouldBe(first.Pixels);
    }

    [Fact]
    public async Task Jpeg_Answer_HasTheSizeAndEndsProperly()
    {
        await using var simulation = await Simulation.StartAsync();
        var file = Simulation.ImageOf(await simulation.EditOkAsync(("output_format", "jpeg"), ("output_compression", 80)));
        file[..4].ShouldBe([0xFF, 0xD8, 0xFF, 0xE0]);
        file[^2..].ShouldBe([0xFF, 0xD9]);
        var frame = file.AsSpan().IndexOf((ReadOnlySpan<byte>)[0xFF, 0xC0]);
        BinaryPrimitives.ReadUInt16BigEndian(file.AsSpan(frame + 5)).ShouldBe((ushort)1024);
        BinaryPrimitives.ReadUInt16BigEndian(file.AsSpan(frame + 7)).ShouldBe((ushort)1024);
    }

    [Fact]
    public async Task Webp_Answer_HasTheSizeInBothHeaders()
    {
        await using var simulation = await Simulation.StartAsync();
        var file = Simulation.ImageOf(await simulation.EditOkAsync(("output_format", "webp"), ("size", "1536x1024")));
        BinaryPrimitives.ReadInt32LittleEndian(file.AsSpan(4)).ShouldBe(file.Length - 8);
        ImageInfo.Read(file).ShouldBe(new ImageInfo("webp", 1536, 1024, HasAlpha: false));
        var lossless = file.AsSpan().IndexOf("VP8L"u8);
        file[lossless + 8].ShouldBe((byte)0x2F);
        var bits = BinaryPrimitives.ReadUInt32LittleEndian(file.AsSpan(lossless + 9));
        (1 + (bits & 0x3FFF), 1 + ((bits >> 14) & 0x3FFF)).ShouldBe((1536u, 1024u));
    }

    [Theory]
    [InlineData("png")]
    [InlineData("jpeg")]
    [InlineData("webp")]
    public async Task OutputBytes_Set_PadsToIt(string format)
    {
        await using var simulation = await Simulation.StartAsync(new() { OutputBytes = 1_500_000 });
        var file = Simulation.ImageOf(await simulation.EditOkAsync(("output_format", format)));
        file.Length.ShouldBeInRange(1_490_000, 1_500_010);
        ImageInfo.Read(file)!.Width.ShouldBe(1024);
        if (format == "png")
        {
            PngFile.Read(file).Height.ShouldBe(1024);
        }
    }

    [Theory]
    [InlineData("png", 1024, 8_000)]
    [InlineData("png", 20_000, 20_000)]
    [InlineData("jpeg", 1024, 30_000)]
    [InlineData("webp", 1024, 1024)]
    public async Task OutputBytes_FewerThanAPaintingTakes_SendsABlankOne(string format, int asked, int most)
    {
        await using var simulation = await Simulation.StartAsync(new() { OutputBytes = asked });
        var file = Simulation.ImageOf(await simulation.EditOkAsync(("output_format", format)));
        file.Length.ShouldBeInRange(asked - 100, most + 10);
        (ImageInfo.Read(file)!.Width, ImageInfo.Read(file)!.Height).ShouldBe((1024, 1024));
        if (format == "png")
        {
            PngFile.Read(file).Height.ShouldBe(1024);
        }
    }

    [Fact]
    public async Task Stream_TwoImagesWithPartials_SendsEventsWhoseUsageAddsUp()
    {
        await using var simulation = await Simulation.StartAsync();
        using var answer = await simulation.EditAsync(Simulation.Body(("stream", true), ("partial_images", 2), ("n", 2), ("quality", "low")));
        answer.Content.Headers.ContentType!.MediaType.ShouldBe("text/event-stream");
        var events = (await answer.Content.ReadAsStringAsync(Simulation.Token)).Split("\n\n", StringSplitOptions.RemoveEmptyEntries);
        events[^1].ShouldBe("data: [DONE]");
        var parsed = events[..^1].Select(e => (Name: e.Split('\n')[0]["event: ".Length..], Data: JsonNode.Parse(e.Split('\n')[1]["data: ".Length..])!)).ToList();
        parsed.Select(e => e.Name).ShouldBe(
        [
            "image_edit.partial_image", "image_edit.partial_image", "image_edit.completed", "image_edit.partial_image", "image_edit.partial_image", "image_edit.completed",
        ]);
        parsed.ShouldAllBe(e => e.Data["type"]!.GetValue<string>() == e.Name);
        parsed[1].Data["partial_image_index"]!.GetValue<int>().ShouldBe(1);
        foreach (var (_, data) in parsed)
        {
            PngFile.Read(Convert.FromBase64String(data["b64_json"]!.GetValue<string>())).Width.ShouldBe(1024);
        }

        var billed = JsonNode.Parse(simulation.Server.Account.Billed.Single().UsageJson!)!;
        foreach (var member in new[] { "input_tokens", "output_tokens", "total_tokens" })
        {
            parsed.Where(e => e.Name == "image_edit.completed").Sum(e => e.Data["usage"]![member]!.GetValue<long>()).ShouldBe(billed[member]!.GetValue<long>());
        }

        billed["output_tokens"]!.GetValue<long>().ShouldBe(2 * (196 + 200));
        simulation.Server.Account.Billed.Single().Delivered.ShouldBeTrue();
    }
}
