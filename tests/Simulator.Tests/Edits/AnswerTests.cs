using System.Buffers.Binary;
using System.Text;
using System.Text.Json.Nodes;
using Darkroom.Simulator.Pictures;

namespace Darkroom.Simulator.Tests.Edits;

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
    public async Task Png_AnyPrompt_IsLabelledAtItsFoot()
    {
        await using var simulation = await Simulation.StartAsync();
        foreach (var prompt in new[] { "x", "Grüße — 漢字 \u00AD", new string('w', 400), "   " + string.Join(' ', Enumerable.Repeat("word", 60)) })
        {
            var png = PngFile.Read(Simulation.ImageOf(await simulation.EditOkAsync(("prompt", prompt), ("size", "1536x1024"))));
            var line = Enumerable.Range(24, 1488).Select(x => png.At(x, 962).R).ToList();
            line.Count(red => red > 200).ShouldBeGreaterThan(20, "letters");
            line.Count(red => red < 100).ShouldBeGreaterThan(200, "the band that they stand on");
        }
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
        file[..3].ShouldBe([0xFF, 0xD8, 0xFF]);
        file[^2..].ShouldBe([0xFF, 0xD9]);
        var frame = file.AsSpan().IndexOf((ReadOnlySpan<byte>)[0xFF, 0xC0]);
        BinaryPrimitives.ReadUInt16BigEndian(file.AsSpan(frame + 5)).ShouldBe((ushort)1024);
        BinaryPrimitives.ReadUInt16BigEndian(file.AsSpan(frame + 7)).ShouldBe((ushort)1024);
        PictureFile.Decode(file)!.Width.ShouldBe(1024);
    }

    [Fact]
    public async Task Webp_Answer_HasTheSizeInBothHeaders()
    {
        await using var simulation = await Simulation.StartAsync();
        var file = Simulation.ImageOf(await simulation.EditOkAsync(("output_format", "webp"), ("size", "1536x1024")));
        BinaryPrimitives.ReadInt32LittleEndian(file.AsSpan(4)).ShouldBe(file.Length - 8);
        PictureFile.ReadInfo(file).ShouldBe(new PictureInfo(PictureFormat.Webp, 1536, 1024, HasAlpha: false));
        Encoding.ASCII.GetString(file, 12, 4).ShouldBe("VP8X");
        (1 + Read24(file, 24), 1 + Read24(file, 27)).ShouldBe((1536, 1024));
        var frame = file.AsSpan().IndexOf("VP8 "u8) + 8;
        (BinaryPrimitives.ReadUInt16LittleEndian(file.AsSpan(frame + 6)), BinaryPrimitives.ReadUInt16LittleEndian(file.AsSpan(frame + 8))).ShouldBe(((ushort)1536, (ushort)1024));
        PictureFile.Decode(file).ShouldNotBeNull();

        static int Read24(byte[] from, int at) => from[at] | (from[at + 1] << 8) | (from[at + 2] << 16);
    }

    [Fact]
    public async Task Webp_Transparent_LeavesTheBackdropOut()
    {
        await using var simulation = await Simulation.StartAsync();
        var file = Simulation.ImageOf(await simulation.EditOkAsync(("output_format", "webp"), ("background", "transparent")));
        PictureFile.ReadInfo(file).ShouldBe(new PictureInfo(PictureFormat.Webp, 1024, 1024, HasAlpha: true));
        var pixels = PictureFile.Decode(file)!;
        AlphaAt(pixels, 60, 60).ShouldBe(0);
        AlphaAt(pixels, 480, 700).ShouldBe(255);

        static int AlphaAt(Pixels of, int x, int y) => of.Rgba[(((y * of.Width) + x) * 4) + 3];
    }

    [Theory]
    [InlineData("jpeg")]
    [InlineData("webp")]
    public async Task OutputCompression_Less_IsASmallerFile(string format)
    {
        await using var simulation = await Simulation.StartAsync();
        var fine = Simulation.ImageOf(await simulation.EditOkAsync(("output_format", format), ("output_compression", 100)));
        var coarse = Simulation.ImageOf(await simulation.EditOkAsync(("output_format", format), ("output_compression", 0)));
        coarse.Length.ShouldBeLessThan(fine.Length / 2);
        (PictureFile.Decode(coarse)!.Width, PictureFile.Decode(fine)!.Width).ShouldBe((1024, 1024));
    }

    [Theory]
    [InlineData("png")]
    [InlineData("jpeg")]
    [InlineData("webp")]
    public async Task Answers_ToEqualRequests_AreFilesOfTheirOwn(string format)
    {
        await using var simulation = await Simulation.StartAsync();
        var first = Simulation.ImageOf(await simulation.EditOkAsync(("output_format", format)));
        var second = Simulation.ImageOf(await simulation.EditOkAsync(("output_format", format)));
        second.ShouldNotBe(first);
        PictureFile.Decode(second)!.Rgba.ShouldBe(PictureFile.Decode(first)!.Rgba);
        using var described = NetVips.Image.NewFromBuffer(first);
        Encoding.UTF8.GetString((byte[])described.Get("xmp-data")).ShouldContain("simulated req_");
    }

    [Theory]
    [InlineData("png", "opaque")]
    [InlineData("png", "transparent")]
    [InlineData("jpeg", "opaque")]
    [InlineData("webp", "opaque")]
    [InlineData("webp", "transparent")]
    public async Task OutputBytes_Set_PadsToIt(string format, string background)
    {
        await using var simulation = await Simulation.StartAsync(new() { OutputBytes = 1_500_000 });
        var file = Simulation.ImageOf(await simulation.EditOkAsync(("output_format", format), ("background", background)));
        file.Length.ShouldBeInRange(1_499_990, 1_500_000);
        PictureFile.ReadInfo(file).ShouldBe(new PictureInfo(Enum.Parse<PictureFormat>(format, ignoreCase: true), 1024, 1024, background == "transparent"));
        PictureFile.Decode(file)!.Height.ShouldBe(1024);
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
        (PictureFile.Decode(file)!.Width, PictureFile.Decode(file)!.Height).ShouldBe((1024, 1024));
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
