using System.Text;
using Darkroom.Jobs.Manifests;

namespace Darkroom.Jobs.Tests.Manifests;

/// <summary>Columns that nobody knows, and CSVs as spreadsheets write them.</summary>
public sealed class ColumnTests
{
    [Theory]
    [InlineData("Mask", "mask")]
    [InlineData("MASKS", "mask")]
    [InlineData("maks", "mask")]
    [InlineData("ID", "id")]
    [InlineData("N", "n")]
    [InlineData("Quality", "quality")]
    [InlineData("qualty", "quality")]
    [InlineData("outputs", "output")]
    [InlineData("output format", "output_format")]
    [InlineData("output-format", "output_format")]
    [InlineData("OutputFormat", "output_format")]
    [InlineData("input_fidelty", "input_fidelity")]
    [InlineData("back_ground", "background")]
    [InlineData("backgrund", "background")]
    [InlineData("options.quality", "quality")]
    [InlineData("Tag:brand", "tag:brand")]
    [InlineData("tag_brand", "tag:brand")]
    [InlineData("tags", "tag:NAME")]
    [InlineData("Promt", "prompt")]
    public async Task Plan_ColumnThatIsASlip_IsAnErrorWithWhatWasMeant(string column, string meant)
    {
        var planned = await Planned.FromAsync($"image,{column}\nhttps://a/1,\nhttps://a/2,high", "m.csv", Planned.Flags with { Prompt = "p" });
        planned.Problem.ShouldBe(new ManifestProblem("m.csv", 1, column, $"is no known column; did you mean \"{meant}\"? Rename it, or use it in a prompt as {{{{{column}}}}}"));
    }

    [Theory]
    [InlineData("image,prompt,Mask\nhttps://a/1,a {{Mask}},red", null)]
    [InlineData("image,Quality\nhttps://a/1,red", "of {{Quality}}")]
    public async Task Plan_SlipThatAPromptUses_IsAVariable(string csv, string? prompt)
    {
        var planned = await Planned.FromAsync(csv, "m.csv", Planned.Flags with { Prompt = prompt });
        planned.Item.Prompt.ShouldEndWith(" red");
        planned.Plan.Notes.ShouldBeEmpty();
    }

    [Fact]
    public async Task Plan_SeveralSlips_AreAllToldFirstAndInOrder()
    {
        var planned = await Planned.CsvAsync("image,prompt,Mask,Qualty", "ftp://a,p,,", "ftp://b,p,,");
        planned.Problems.Select(p => $"{p.Line} {p.Field}").ShouldBe(["1 Mask", "1 Qualty", "2 image", "3 image"]);
    }

    [Fact]
    public async Task Plan_ColumnsThatNoPromptUses_AreNotedOnceEach()
    {
        var planned = await Planned.CsvAsync("image,prompt,product,colour,shop,empty", "https://a/1,a {{product}},mug,,x,", "https://a/2,b,mug,red,x,", "https://a/3,c,mug,blue,x,");
        planned.Problems.ShouldBeEmpty();
        planned.Plan.Notes.ShouldBe(
        [
            new ManifestNote("shop", "no prompt uses this column; a prompt takes it as {{shop}}", 3, 2),
            new ManifestNote("colour", "no prompt uses this column; a prompt takes it as {{colour}}", 2, 3),
        ]);
    }

    [Fact]
    public async Task Plan_VariablesThatNoPromptUses_AreNotedInJsonToo()
    {
        var planned = await Planned.LinesAsync("""{"image":"https://a/1","prompt":"a {{x}}","vars":{"x":"1","Y":"2"}}""", """{"image":"https://a/2","prompt":"b","vars":{"x":"1","Y":"2"}}""");
        planned.Plan.Notes.ShouldHaveSingleItem().ShouldBe(new ManifestNote("vars.Y", "no prompt uses this variable; a prompt takes it as {{Y}}", 2, 1));
    }

    [Theory]
    [InlineData("image;prompt;tag:b\nhttps://a/1?x=1,2;p;c")]
    [InlineData("image\tprompt\ttag:b\nhttps://a/1?x=1,2\tp\tc")]
    [InlineData("\"image\";\"prompt\";\"tag:b\"\n\"https://a/1?x=1,2\";\"p\";\"c\"")]
    [InlineData("sep=;\r\nimage;prompt;tag:b\r\nhttps://a/1?x=1,2;p;c\r\n")]
    [InlineData("\uFEFF\"sep=|\"\nimage|prompt|tag:b\nhttps://a/1?x=1,2|p|c")]
    [InlineData("image,prompt,tag:b\n\"https://a/1?x=1,2\",p,c")]
    [InlineData("image,prompt,tag:b,,\n\"https://a/1?x=1,2\",p,c,,\n,,,,\n , ,,\u00A0,\n")]
    [InlineData(",,,\n\nimage,prompt,,tag:b\n\"https://a/1?x=1,2\",p,,c,,,\n,,,\n")]
    public async Task Plan_CsvAsSpreadsheetsWriteIt_IsRead(string csv)
    {
        var item = (await Planned.FromAsync(csv, "m.csv")).Item;
        (item.Key, item.Input.Images[0].Value, item.Prompt, item.Tags["b"]).ShouldBe(("1", "https://a/1?x=1,2", "p", "c"));
    }

    [Fact]
    public async Task Plan_LinesAfterSepAndBlankRows_StillCount()
    {
        var planned = await Planned.FromAsync("sep=;\nimage;prompt\n;\nx://y;p\n", "m.csv");
        planned.Problem.Line.ShouldBe(4);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Plan_Utf16_IsRead(bool bigEndian)
    {
        var encoding = new UnicodeEncoding(bigEndian, byteOrderMark: true);
        foreach (var (name, text) in new[] { ("m.csv", "image,prompt\nhttps://a/1,grün 🙂"), ("m.jsonl", """{"image":"https://a/1","prompt":"grün 🙂"}"""), ("m.json", """[{"image":"https://a/1","prompt":"grün 🙂"}]""") })
            (await Planned.FromAsync([.. encoding.GetPreamble(), .. encoding.GetBytes(text)], name)).Item.Prompt.ShouldBe("grün 🙂");
    }

    [Fact]
    public async Task Plan_Utf16ThatBreaksOff_IsAProblem()
    {
        byte[] bytes = [0xFF, 0xFE, .. Encoding.Unicode.GetBytes("image,prompt\nhttps://a/1,p\n"), 0x3D, 0xD8, 0x41, 0];
        (await Planned.FromAsync(bytes, "m.csv")).Problems[0].ToString().ShouldStartWith("m.csv: is UTF-16 and has half of a character");
    }

    public static TheoryData<byte[], string> Others => new()
    {
        { [.. "PK"u8, 3, 4, 20, 0, .. "[Content_Types].xml xl/workbook.xml"u8], "is an Excel workbook (.xlsx), not a manifest; save it as CSV there (in Excel \"CSV UTF-8\"), and give that file" },
        { [.. "PK"u8, 3, 4, 20, 0, .. "mimetypeapplication/vnd.oasis.opendocument.spreadsheet"u8], "is an OpenDocument file, such as a LibreOffice spreadsheet (.ods), not a manifest; save it as CSV there" },
        { [0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1, 0, 0, 0, 0], "is an old Office document, such as an Excel workbook (.xls), not a manifest; save it as CSV there" },
        { [.. "PK"u8, 3, 4, 20, 0, .. "rows.csv"u8], "is a ZIP archive, not a manifest; unpack it" },
        { [.. "%PDF-1.7"u8], "is a PDF document, not a manifest; a manifest is a .jsonl, .json or .csv file" },
        { [.. "<!doctype html><p>Sign in"u8], "is an HTML page, such as a login or an error page, not a manifest" },
        { Encoding.Unicode.GetBytes("id,image,prompt"), "is a text in UTF-16 without a byte order mark; save it as UTF-8" },
        { Encoding.BigEndianUnicode.GetBytes("{\"image\":1}"), "is a text in UTF-16 without a byte order mark; save it as UTF-8" },
    };

    [Theory]
    [MemberData(nameof(Others))]
    public async Task Plan_FileThatIsNoManifest_IsCalledWhatItIs(byte[] bytes, string reason)
    {
        foreach (var name in new[] { "m.csv", "m.jsonl", "m.xlsx" })
        {
            var problem = (await Planned.FromAsync(bytes, name)).Problem;
            (problem.Line, problem.Field).ShouldBe((0, null));
            problem.Reason.ShouldStartWith(reason);
        }
    }

    [Fact]
    public async Task Plan_ExtraThatIsASlip_IsAnError() =>
        (await Planned.RowAsync("""  "options":{"extra":{"seed":7,"Qualty":"high"}} """)).Problem.ToString()
            .ShouldBe("m.jsonl:1: options.extra.Qualty: looks like a slip of \"quality\", which stands outside of extra");
}
