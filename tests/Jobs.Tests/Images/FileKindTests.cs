using System.Text;
using Darkroom.Jobs.Images;

namespace Darkroom.Jobs.Tests.Images;

public sealed class FileKindTests
{
    public static TheoryData<string, byte[]> Kinds => new()
    {
        { "empty", [] },
        { "zeros", new byte[100] },
        { "png", [0x89, .. "PNG\r\n"u8, 0x1A, 0x0A, 0, 0, 0, 13, .. "IHDR"u8] },
        { "png-cgbi", [0x89, .. "PNG\r\n"u8, 0x1A, 0x0A, 0, 0, 0, 4, .. "CgBI"u8, 0x50, 0, 0x20, 6] },
        { "jpeg", [0xFF, 0xD8, 0xFF, 0xE1, 0, 9] },
        { "webp", [.. "RIFF"u8, 1, 2, 3, 4, .. "WEBPVP8 "u8] },
        { "gif", [.. "GIF89a"u8, 1, 0, 1, 0] },
        { "bmp", [.. "BM"u8, 1, 2, 0, 0, 0, 0, 0, 0, 54, 0, 0, 0, 40, 0, 0, 0] },
        { "tiff", [.. "II*"u8, 0, 8, 0, 0, 0] },
        { "tiff", [.. "MM"u8, 0, .. "*"u8, 0, 0, 0, 8] },
        { "raw", [.. "II*"u8, 0, 16, 0, 0, 0, .. "CR"u8, 2, 0] },
        { "raw", [0, 0, 0, 24, .. "ftypcrx "u8, 0, 0, 0, 1, .. "crx isom"u8] },
        { "heic", [0, 0, 0, 24, .. "ftypheic"u8, 0, 0, 0, 0, .. "mif1heic"u8] },
        { "heic", [0, 0, 0, 24, .. "ftypmif1"u8, 0, 0, 0, 0, .. "mif1heic"u8] },
        { "avif", [0, 0, 0, 28, .. "ftypavif"u8, 0, 0, 0, 0, .. "avifmif1miaf"u8] },
        { "avif", [0, 0, 0, 28, .. "ftypmif1"u8, 0, 0, 0, 0, .. "mif1avifmiaf"u8] },
        { "video", [0, 0, 0, 24, .. "ftypisom"u8, 0, 0, 2, 0, .. "isommp42"u8] },
        { "jxl", [0, 0, 0, 12, .. "JXL \r\n"u8, 0x87, 0x0A] },
        { "jp2", [0, 0, 0, 12, .. "jP  \r\n"u8, 0x87, 0x0A] },
        { "ico", [0, 0, 1, 0, 1, 0] },
        { "psd", [.. "8BPS"u8, 0, 1] },
        { "eps", [.. "%!PS-Adobe-3.0 EPSF-3.0"u8] },
        { "pdf", [.. "%PDF-1.7\n%"u8, 0xE2, 0xE3] },
        { "zip", [.. "PK"u8, 3, 4, 20, 0, .. "photos/mug.png"u8] },
        { "xlsx", [.. "PK"u8, 3, 4, 20, 0, .. "[Content_Types].xml"u8, 1, 2, .. "xl/workbook.xml"u8] },
        { "docx", [.. "PK"u8, 3, 4, 20, 0, .. "[Content_Types].xml"u8, 1, 2, .. "word/document.xml"u8] },
        { "ods", [.. "PK"u8, 3, 4, 20, 0, .. "mimetypeapplication/vnd.oasis.opendocument.spreadsheet"u8] },
        { "numbers", [.. "PK"u8, 3, 4, 20, 0, .. "Index/Document.iwa"u8] },
        { "xls", [0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1, 0] },
        { "archive", [0x1F, 0x8B, 8, 0] },
        { "appledouble", [0, 5, 0x16, 7, 0, 2, 0, 0] },
        { "html", [.. "<!DOCTYPE html><html>"u8] },
        { "html", [0xEF, 0xBB, 0xBF, .. "\n <!-- served by x --> <HTML lang=de>"u8] },
        { "svg", [.. "<svg xmlns='http://www.w3.org/2000/svg'/>"u8] },
        { "svg", [.. "<?xml version='1.0'?>\n<!-- Generator -->\n<svg>"u8] },
        { "xml", [.. "<?xml version='1.0'?><Error><Code>AccessDenied</Code></Error>"u8] },
        { "json", [.. "{\"error\":\"not found\"}"u8] },
        { "lfs", [.. "version https://git-lfs.github.com/spec/v1\noid sha256:00"u8] },
        { "text", [.. "Not Found"u8] },
        { "text", [.. "Gr"u8, 0xFC, .. "n"u8] },
        { "utf-16", [0xFF, 0xFE, .. Encoding.Unicode.GetBytes("id,image")] },
        { "unknown", [1, 2, 3, 4, 200, 201] },
    };

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Of_FirstBytes_NamesTheKind(string id, byte[] head) => FileKind.Of(head).Id.ShouldBe(id);

    [Theory]
    [MemberData(nameof(Kinds))]
    public void NotInputImage_EveryKind_SaysWhatItIsAndNeverThrowsOnAPrefix(string id, byte[] head)
    {
        FileKind.Of(head).NotInputImage.ShouldStartWith($"is {FileKind.Of(head).What}");
        for (var length = 0; length < head.Length; length++) FileKind.Of(head.AsSpan(0, length)).Id.ShouldNotBeEmpty(id);
    }
}
