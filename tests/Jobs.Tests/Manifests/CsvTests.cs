using System.Text;
using Darkroom.Jobs.Editing;
using Darkroom.Jobs.Manifests;

namespace Darkroom.Jobs.Tests.Manifests;

public sealed class CsvTests
{
    [Fact]
    public async Task Plan_EveryKindOfColumn_IsTaken()
    {
        var planned = await Planned.CsvAsync(
            "id,images,mask,prompt,output,quality,n,stream,tag:brand,product",
            "SKU-1,https://a/1|file-abc_1-2|file_id:x.y,file_id:m,Put {{product}} on white,mugs/SKU-1,high,2,TRUE,acme,mug");
        var item = planned.Item;
        item.Key.ShouldBe("SKU-1");
        item.Input.Images.ShouldBe([ImageReference.Url("https://a/1"), ImageReference.File("file-abc_1-2"), ImageReference.File("x.y")]);
        item.Input.Mask.ShouldBe(ImageReference.File("m"));
        item.Prompt.ShouldBe("Put mug on white");
        item.OutputName.ShouldBe("mugs/SKU-1");
        item.Options.ToJson().ShouldBe("""{"model":"gpt-image-2","n":2,"quality":"high","stream":true}""");
        item.Tags.ShouldBe(new Dictionary<string, string> { ["brand"] = "acme" });
    }

    [Fact]
    public async Task Plan_EmptyCells_AreUnset()
    {
        var planned = await Planned.FromAsync("id,image,mask,prompt,output,quality,tag:brand,product\n,https://a/1,,,,,,", "m.csv", Planned.Flags with { Prompt = "default" });
        var item = planned.Item;
        (item.Key, item.Prompt, item.OutputName, item.Input.Mask).ShouldBe(("1", "default", "1", null));
        item.Tags.ShouldBeEmpty();
        item.Options.ToJson().ShouldBe("""{"model":"gpt-image-2"}""");
    }

    [Fact]
    public async Task Plan_QuotesAndLineBreaksInFields_AreTextAndLinesStillCount()
    {
        var planned = await Planned.FromAsync("image,prompt\r\nhttps://a/1,\"say \"\"hi\"\",\r\nthen go\"\r\n\r\nhttps://a/2,\"a\nb\nc\"\r\nx://y,last", "m.csv");
        planned.Items.Select(i => i.Prompt).ShouldBe(["say \"hi\",\r\nthen go", "a\nb\nc"]);
        planned.Problem.Line.ShouldBe(8);
        planned.Problem.Field.ShouldBe("image");
    }

    [Theory]
    [InlineData("\uFEFFimage,prompt\nhttps://a/1,p")]
    [InlineData("image,prompt\r\nhttps://a/1,p\r\n")]
    [InlineData(" image , prompt\nhttps://a/1,p")]
    [InlineData("\"image\",\"prompt\"\n\n\"https://a/1\",\"p\"\n\n")]
    public async Task Plan_MarksBreaksAndBlankLines_AreNotRows(string csv) => (await Planned.FromAsync(csv, "m.csv")).Item.Prompt.ShouldBe("p");

    [Theory]
    [InlineData("image,prompt,image\nhttps://a/1,p,q", 1, "image", "is in the header twice")]
    [InlineData("image,,prompt\nhttps://a/1,x,q", 2, "column 2", "has a value here, and no name in the header")]
    [InlineData("image_url,prompt\nhttps://a/1,p", 1, "image", "the header has no column image or images; is \"image_url\" meant to be one?")]
    [InlineData("image,tag:\nhttps://a/1,p", 1, "tag:", "needs the tag's name, as in tag:brand")]
    [InlineData("imgae,prompt\nhttps://a/1,p", 1, "image", "the header has no column image or images; is \"imgae\" meant to be one?")]
    [InlineData("image,prompt\nhttps://a/1", 2, null, "has 1 fields, and the header has 2")]
    [InlineData("image,prompt\nhttps://a/1,p,q", 2, null, "has 3 fields, and the header has 2")]
    [InlineData("image,prompt\nhttps://a/1,\"p", 2, null, "has a quoted field that is never closed")]
    [InlineData("image,prompt\nhttps://a/1,p\"q", 2, null, "has a quote inside of an unquoted field; put the field in quotes and double those inside")]
    [InlineData("image,prompt\nhttps://a/1,\"p\"q", 2, null, "has text after the closing quote of a field; a quote inside of quotes is doubled")]
    [InlineData("image,images,prompt\nhttps://a/1,https://a/2,p", 2, "images", "stands beside the other of image and images; give one of them")]
    [InlineData("image,prompt,n\nhttps://a/1,p,two", 2, "options.n", "must be a whole number from 1 to 10, not \"two\"")]
    [InlineData("image,prompt\nhttps://a/1,p\u0000", 2, "prompt", "has the character U+0000, which can't be stored")]
    [InlineData("images,prompt\nhttps://a/1||https://a/2,p", 2, "images[1]", "is empty; an image is an http or https URL, an az:// address, a data: URL, a local path, or {\"file_id\": …}")]
    [InlineData("image,prompt\n", 0, null, "has no items; at least one is needed")]
    [InlineData("", 0, null, "has no items; at least one is needed")]
    public async Task Plan_WrongCsv_IsOneProblem(string csv, int line, string? field, string reason)
    {
        var planned = await Planned.FromAsync(csv, "m.csv");
        planned.Problem.ShouldBe(new ManifestProblem("m.csv", line, field, reason));
        planned.Items.ShouldBeEmpty();
    }

    [Fact]
    public async Task Plan_SeveralWrongRows_AreAllReported()
    {
        var planned = await Planned.CsvAsync("image,prompt", "https://a/1,a\"b", "https://a/1,good", "https://a/1", "https://a/1,c\"d", "https://a/1,{{x}}");
        planned.Problems.Select(p => p.Line).ShouldBe([2, 4, 5, 6]);
    }

    [Fact]
    public async Task Plan_BytesThatAreNotUtf8_AreAProblemOfTheirRow()
    {
        var planned = await Planned.FromAsync(Encoding.Latin1.GetBytes("image,prompt\nhttps://a/1,p\nhttps://a/1,café\n"), "m.csv");
        planned.Problem.ToString().ShouldBe("m.csv:3: is not valid UTF-8: byte 16 is 0xE9, as in a file saved as Windows-1252 (\"ANSI\"); save it as UTF-8, in Excel as \"CSV UTF-8\"");
    }

    [Fact]
    public async Task Plan_FieldOfTenMegabytes_IsRead()
    {
        var url = $"data:image/png;base64,{new string('A', 10 * 1024 * 1024)}";
        (await Planned.CsvAsync("prompt,image", $"p,\"{url}\"", $"p,\"{url}\"")).Items.Count.ShouldBe(2);
    }

    [Fact]
    public async Task Plan_RecordPastTheBound_IsAProblem()
    {
        var planned = await Planned.FromAsync($"image,prompt\nhttps://a/1,\"{new string('x', 1_000_000)}", "m.csv", limits: new PlanLimits { MaxRowBytes = 100_000 });
        planned.Problem.ToString().ShouldBe("m.csv:2: is longer than 100,000 bytes, the most that a row may be; is a quote left open?");
    }

    [Fact]
    public async Task Plan_LocalPathThatBeginsLikeAFileId_IsAPath() =>
        (await Planned.CsvAsync("image,prompt", "file-1.png,p")).Problem.Reason.ShouldStartWith("is not there:");

    [Fact]
    public async Task Plan_AllowedOption_IsAnOptionAndNotAVariable()
    {
        var limits = new PlanLimits { AllowedOptions = new HashSet<string> { "seed", "fast" } };
        var planned = await Planned.FromAsync("image,prompt,seed,fast\nhttps://a/1,p,7,true", "m.csv", limits: limits);
        planned.Item.Options.ToJson().ShouldBe("""{"fast":true,"model":"gpt-image-2","seed":7}""");
    }
}
