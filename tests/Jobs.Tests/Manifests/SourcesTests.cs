using Darkroom.Jobs.Editing;
using Darkroom.Jobs.Manifests;

namespace Darkroom.Jobs.Tests.Manifests;

public sealed class SourcesTests : IDisposable
{
    private static readonly byte[] Png =
        [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A, 0, 0, 0, 13, 0x49, 0x48, 0x44, 0x52, 0, 0, 4, 0, 0, 0, 6, 0, 8, 6, 0, 0, 0];

    private readonly string _folder = Directory.CreateTempSubdirectory("darkroom-manifest-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData("https://shop.example/a.png")]
    [InlineData("HTTP://shop.example/a.png?x=1&y=2#z")]
    [InlineData("http://127.0.0.1:8080/a.png")]
    [InlineData("http://[::1]:8080/a@b.png")]
    [InlineData("https://münchen.example/a.png")]
    [InlineData("https://shop.example")]
    [InlineData("data:image/png;base64,AAAA")]
    [InlineData("data:image/jpeg;base64,AA==")]
    [InlineData("DATA:image/webp;base64,AAAA")]
    public async Task Plan_AcceptedUrl_IsKeptAsItStands(string url) => (await ImageAsync(url)).Item.Input.Images[0].ShouldBe(ImageReference.Url(url));

    [Theory]
    [InlineData("az://account/container", "must be az://ACCOUNT/CONTAINER/BLOB, with nothing before the account or behind the blob")]
    [InlineData("az://account/container/../x.png", "must be az://ACCOUNT/CONTAINER/BLOB, with nothing before the account or behind the blob")]
    [InlineData("az://u@account/container/x.png", "must be az://ACCOUNT/CONTAINER/BLOB, with nothing before the account or behind the blob")]
    [InlineData("az://account/container/x.png?sig=secret", "must be az://ACCOUNT/CONTAINER/BLOB, with nothing before the account or behind the blob")]
    [InlineData("s3://container/a.png", "can't be fetched from s3://; an image is an http or https URL, an az:// address, a data: URL, a local path, or {\"file_id\": …}")]
    [InlineData("file:///etc/passwd", "can't be fetched from file://")]
    [InlineData("https://user:secret@shop.example/a.png", "is a URL with a user name or password in it")]
    [InlineData("https://user@shop.example", "is a URL with a user name or password in it")]
    [InlineData("https://shop.example/a b.png", "is a URL with spaces or control characters")]
    [InlineData("https:///a.png", "is not a valid URL")]
    [InlineData("https://a..b/c", "is not a valid URL")]
    [InlineData("http://shop.example:99999/", "is not a valid URL")]
    [InlineData("data:image/gif;base64,AAAA", "must begin with data:image/png;base64,")]
    [InlineData("data:image/png,AAAA", "must begin with data:image/png;base64,")]
    [InlineData("data:image/png;base64", "must begin with data:image/png;base64,")]
    [InlineData("data:image/png;base64,", "is a data: URL whose base64 is empty or broken")]
    [InlineData("data:image/png;base64,A-_A", "is a data: URL whose base64 is empty or broken")]
    [InlineData("data:image/png;base64,AAA", "is a data: URL whose base64 is empty or broken")]
    [InlineData("", "is empty")]
    [InlineData("no/such/file.png", "is not there: ")]
    [InlineData("www.shop.example/a.png", "is not there: ")]
    public async Task Plan_RefusedSource_SaysWhyAndShowsNoSecret(string source, string reason)
    {
        var problem = (await ImageAsync(source)).Problem;
        problem.Field.ShouldBe("image");
        problem.Reason.ShouldStartWith(reason);
        problem.Reason.ShouldNotContain("secret");
    }

    [Theory]
    [InlineData(20_971_518, 0)]
    [InlineData(20_971_522, 1)]
    public async Task Plan_DataUrl_IsAtMost20971520Characters(int length, int problems)
    {
        // The two lengths next to the bound that base64's fours allow.
        const string Start = "data:image/png;base64,";
        var planned = await ImageAsync(Start + new string('A', length - Start.Length));
        planned.Problems.Count.ShouldBe(problems);
        planned.Problems.ShouldAllBe(p => p.Reason == "is a data: URL of 20,971,522 characters; at most 20,971,520 are taken: give a URL or a local path");
    }

    [Fact]
    public async Task Plan_LocalPaths_AreReadRelativeToTheManifestAndGivenAbsolute()
    {
        var path = Write("pictures/a.png", Png);
        var manifest = Write("m.jsonl", System.Text.Encoding.UTF8.GetBytes($$"""{"images":["pictures/a.png","{{path}}","./pictures/../pictures/a.png"],"mask":"pictures/a.png","prompt":"p"}"""));
        await using var stream = File.OpenRead(manifest);
        var planned = await Planned.FromAsync(stream, ManifestSource.OfFile(manifest));
        planned.Item.Input.Images.ShouldAllBe(i => i == ImageReference.Local(path));
        planned.Item.Input.Mask.ShouldBe(ImageReference.Local(path));
    }

    [Fact]
    public async Task Plan_LocalFilesThatAreNoImages_AreProblems()
    {
        Write("text.png", "not a picture"u8.ToArray());
        Write("empty.png", []);
        Directory.CreateDirectory(Path.Combine(_folder, "folder.png"));
        Write("phone.jpg", [0, 0, 0, 24, .. "ftypheic"u8, 0, 0, 0, 0, .. "mif1heic"u8]);
        Write("login.jpg", "<!DOCTYPE html><title>Sign in</title>"u8.ToArray());
        Write("cut.png", Png[..16]);
        (await ImageAsync("text.png")).Problem.Reason.ShouldBe("is a text, not a PNG, JPEG or WebP image; give the image itself");
        (await ImageAsync("empty.png")).Problem.Reason.ShouldBe("is an empty file, not a PNG, JPEG or WebP image; download or copy it again");
        (await ImageAsync("phone.jpg")).Problem.Reason.ShouldBe("is a HEIC image, as iPhones take them, not a PNG, JPEG or WebP image; export it as JPEG or PNG");
        (await ImageAsync("login.jpg")).Problem.Reason.ShouldStartWith("is an HTML page, such as a login or an error page, not a PNG");
        (await ImageAsync("cut.png")).Problem.Reason.ShouldStartWith("is a PNG image, but breaks off or is damaged");
        (await ImageAsync("folder.png")).Problem.Reason.ShouldBe("is a folder, not an image");
    }

    [Theory]
    [InlineData(49_999_999, 0)]
    [InlineData(50_000_000, 1)]
    public async Task Plan_LocalFile_IsUnderFiftyMegabytes(long length, int problems)
    {
        var path = Write("big.png", Png);
        await using (var file = File.OpenWrite(path)) file.SetLength(length);
        (await ImageAsync("big.png")).Problems.Count.ShouldBe(problems);
    }

    [Fact]
    public async Task Plan_JpegWithALongPreview_IsAnImage()
    {
        byte[] preview = [.. new byte[] { 0xFF, 0xE1, 0xFF, 0xFF }, .. new byte[0xFFFD]];
        Write("camera.jpg", [0xFF, 0xD8, .. preview, .. preview, .. preview, 0xFF, 0xC2, 0, 17, 8, 2, 0, 3, 0, 3, 1]);
        (await ImageAsync("camera.jpg")).Item.Input.Images[0].Kind.ShouldBe(ImageReferenceKind.LocalPath);
    }

    [Fact]
    public async Task Plan_JpegWithMegabytesOfMetadata_IsAnImageWithItsSize()
    {
        byte[] segment = [0xFF, 0xE2, 0xFF, 0xFF, .. new byte[0xFFFD]];
        Write("camera.jpg", [0xFF, 0xD8, .. Enumerable.Repeat(segment, 130).SelectMany(s => s), 0xFF, 0xC2, 0, 17, 8, 2, 0, 3, 0, 3, 1]);
        Write("mask.png", Png);
        var planned = await Planned.FromAsync(File.OpenRead(Write("m.csv", "image,mask,prompt\ncamera.jpg,mask.png,p"u8.ToArray())), ManifestSource.OfFile(Path.Combine(_folder, "m.csv")));
        planned.Problem.Reason.ShouldBe("has 1024x1536 pixels, and the first image 768x512; they must be the same");
    }

    [Theory]
    [InlineData(6, ": the image's EXIF orientation (6) has viewers turn it by 90°, and its pixels are stored unturned. Save it with the rotation applied (such as \"magick IN -auto-orient OUT\"), then both fit")]
    [InlineData(1, ": one of them is turned by 90°")]
    public async Task Plan_MaskTurnedAgainstItsImage_SaysWhatTurnsIt(byte orientation, string says)
    {
        byte[] exif = [0xFF, 0xE1, 0, 34, .. "Exif\0\0II*\0"u8, 8, 0, 0, 0, 1, 0, 0x12, 1, 3, 0, 1, 0, 0, 0, orientation, 0, 0, 0, 0, 0, 0, 0];
        // 1536 wide and 1024 high as stored; the mask of 1024 by 1536 fits what a viewer shows.
        Write("phone.jpg", [0xFF, 0xD8, .. exif, 0xFF, 0xC0, 0, 17, 8, 4, 0, 6, 0, 3, 1]);
        Write("mask.png", Png);
        var planned = await Planned.FromAsync(File.OpenRead(Write("m.csv", "image,mask,prompt\nphone.jpg,mask.png,p"u8.ToArray())), ManifestSource.OfFile(Path.Combine(_folder, "m.csv")));
        planned.Problem.Reason.ShouldBe($"has 1024x1536 pixels, and the first image 1536x1024; they must be the same{says}");
    }

    [Theory]
    [InlineData("https://a/1.png,https://a/2.png")]
    [InlineData("https://a/1.png; https://a/2.png")]
    [InlineData("https://a/1.png https://a/2.png")]
    [InlineData("https://a/1.png\\nhttps://a/2.png")]
    [InlineData("https://a/1.png|az://b/c/2.png")]
    [InlineData("file_id:a,file_id:b")]
    [InlineData("file-a1,file-b2")]
    [InlineData("a.png, pictures/b.JPG")]
    [InlineData("data:image/png;base64,AAAA;data:image/png;base64,AAAA")]
    public async Task Plan_SeveralAddressesInOne_AreAnErrorThatTellsHow(string source) =>
        (await ImageAsync(source)).Problem.Reason.ShouldStartWith("has several addresses in one; in a CSV they go into the column images, separated by |");

    [Theory]
    [InlineData("https://a/w_200,h_200/x.png")]
    [InlineData("https://a/fetch/https://b/x.png")]
    [InlineData("https://a/?url=https://b/x.png;v=2")]
    public async Task Plan_AddressThatHasSeparatorsInIt_IsOne(string url) => (await ImageAsync(url)).Item.Input.Images[0].ShouldBe(ImageReference.Url(url));

    [Fact]
    public async Task Plan_FileWithACommaInItsName_IsOne()
    {
        Write("a.png,b.png", Png);
        (await ImageAsync("a.png,b.png")).Item.Input.Images[0].Kind.ShouldBe(ImageReferenceKind.LocalPath);
    }

    [Fact]
    public async Task Plan_DataUrlOfSomethingElse_SaysWhatItIs() =>
        (await ImageAsync($"data:image/png;base64,{Convert.ToBase64String("GIF89a-and-more"u8.ToArray())}")).Problem.Reason
            .ShouldBe("is a data: URL whose content is a GIF image, not a PNG, JPEG or WebP image; save it as PNG or JPEG");

    [Fact]
    public async Task Plan_LocalPathInAManifestFromElsewhere_IsRefused()
    {
        using var stream = new MemoryStream("""{"image":"/etc/hostname","prompt":"p"}"""u8.ToArray());
        var planned = await Planned.FromAsync(stream, new ManifestSource("upload", null, ManifestFormat.JsonLines));
        planned.Problem.Reason.ShouldStartWith("is a local path, and this manifest didn't come from this machine's files");
    }

    [Fact]
    public async Task Plan_LocalPathAsImageUrl_IsRefused()
    {
        var planned = await Planned.LinesAsync("""{"image":{"image_url":"a.png"},"prompt":"p"}""");
        planned.Problem.Reason.ShouldBe("image_url must be an http or https URL, an az:// address or a data: URL; give a local path as a plain string");
    }

    [Theory]
    [InlineData("")]
    [InlineData("a b")]
    public async Task Plan_FileIdThatIsNone_IsAProblem(string id) =>
        (await Planned.LinesAsync($$"""{"image":{"file_id":"{{id}}"},"prompt":"p"}""")).Problem.Reason.ShouldBe("is no file's id: 1 to 200 characters without spaces");

    [Theory]
    [InlineData(1024, 1536, null)]
    [InlineData(1536, 1024, "has 1536x1024 pixels, and the first image 1024x1536; they must be the same: one of them is turned by 90°")]
    public async Task Plan_LocalMask_HasTheSizeOfTheFirstImage(int width, int height, string? reason)
    {
        Write("image.png", Sized(1024, 1536));
        Write("other.png", Sized(64, 64));
        Write("mask.png", Sized(width, height));
        var inline = $"data:image/png;base64,{Convert.ToBase64String([.. Sized(width, height), .. new byte[100_000]])}";
        foreach (var mask in (string[])["mask.png", inline])
        {
            var planned = await RowAsync($$"""{"images":["image.png","other.png"],"mask":"{{mask}}","prompt":"p"}""");
            if (reason is null) planned.Item.Input.Mask.ShouldNotBeNull();
            else (planned.Problem.Field, planned.Problem.Reason).ShouldBe(("mask", reason));
        }
    }

    [Fact]
    public async Task Plan_MaskOrImageElsewhere_CannotBeCompared()
    {
        Write("mask.png", Sized(64, 64));
        (await RowAsync("""{"image":"https://shop.example/a.png","mask":"mask.png","prompt":"p"}""")).Item.Input.Mask!.Kind.ShouldBe(ImageReferenceKind.LocalPath);
        (await RowAsync("""{"image":"mask.png","mask":{"file_id":"file-1"},"prompt":"p"}""")).Item.Input.Mask.ShouldBe(ImageReference.File("file-1"));
        (await RowAsync("""{"image":"mask.png","mask":"data:image/png;base64,AAAA","prompt":"p"}""")).Item.Input.Mask!.Kind.ShouldBe(ImageReferenceKind.Url);
    }

    [Fact]
    public async Task Plan_DefaultImagesAndMask_AreForRowsThatNameNone()
    {
        var local = Write("a.png", Png);
        var flags = Planned.Flags with { Prompt = "p", Images = ["https://x.test/1", "file-abc", local], Mask = "file_id:m.1" };
        var lines = await Planned.FromAsync("""{"id":"1"}""" + "\n" + """{"id":"2","image":"https://x.test/2","mask":{"file_id":"own"}}""", "m.jsonl", flags);
        lines.Problems.ShouldBeEmpty();
        lines.Items[0].Input.Images.ShouldBe([ImageReference.Url("https://x.test/1"), ImageReference.File("file-abc"), ImageReference.Local(local)]);
        lines.Items[0].Input.Mask.ShouldBe(ImageReference.File("m.1"));
        lines.Items[1].Input.Images.ShouldBe([ImageReference.Url("https://x.test/2")]);
        lines.Items[1].Input.Mask.ShouldBe(ImageReference.File("own"));
        var csv = await Planned.FromAsync("id,product\n1,mug", "m.csv", flags);
        csv.Item.Input.Images.Count.ShouldBe(3);
    }

    [Fact]
    public async Task Plan_WrongDefaultSources_AreReportedOnceForTheWholeFile()
    {
        var flags = Planned.Flags with { Prompt = "p", Images = ["ftp://x/1"], Mask = "nowhere.png" };
        var planned = await Planned.FromAsync("{\"id\":\"1\"}\n{\"id\":\"2\"}", "m.jsonl", flags);
        planned.Problems.Where(p => p.Line == 0).Select(p => p.Field).ShouldBe(["images[0]", "mask"]);
    }

    private static byte[] Sized(int width, int height)
    {
        var png = (byte[])Png.Clone();
        System.Buffers.Binary.BinaryPrimitives.WriteInt32BigEndian(png.AsSpan(16), width);
        System.Buffers.Binary.BinaryPrimitives.WriteInt32BigEndian(png.AsSpan(20), height);
        return [.. png, 0];
    }

    private async Task<Planned> RowAsync(string row)
    {
        using var stream = new MemoryStream(System.Text.Encoding.UTF8.GetBytes(row));
        return await Planned.FromAsync(stream, new ManifestSource("m.jsonl", _folder, ManifestFormat.JsonLines));
    }

    private string Write(string name, byte[] bytes)
    {
        var path = Path.Combine(_folder, name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllBytes(path, bytes);
        return path;
    }

    private async Task<Planned> ImageAsync(string image)
    {
        using var stream = new MemoryStream(System.Text.Encoding.UTF8.GetBytes($$"""{"image":"{{image}}","prompt":"p"}"""));
        return await Planned.FromAsync(stream, new ManifestSource("-", _folder, null));
    }
}
