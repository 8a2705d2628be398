using System.Buffers.Binary;
using Darkroom.Jobs.Editing;

namespace Darkroom.Jobs.Tests.Editing;

/// <summary>Makes answers for tests and reads them.</summary>
internal static class Answers
{
    public const string Usage = """{"input_tokens":268,"input_tokens_details":{"image_tokens":256,"text_tokens":12},"output_tokens":196,"total_tokens":464}""";

    /// <summary>What stands behind a PNG's picture data: its checksum and the end.</summary>
    public static readonly byte[] PngEnd = [1, 2, 3, 4, 0, 0, 0, 0, .. "IEND"u8, 0xAE, 0x42, 0x60, 0x82];

    /// <summary>A PNG of that many bytes whose picture is noise; mere noise where a PNG has no room.</summary>
    public static byte[] Picture(int length, int seed = 1)
    {
        var noise = new byte[length];
        new Random(seed).NextBytes(noise);
        var data = length - PngHead(0).Length - PngEnd.Length;
        return data < 1 ? noise : [.. PngHead(data), .. noise[..data], .. PngEnd];
    }

    /// <summary>What stands before a PNG's picture data.</summary>
    public static byte[] PngHead(int data, int width = 256, int height = 256)
    {
        byte[] head = [0x89, .. "PNG\r\n"u8, 0x1A, 0x0A, 0, 0, 0, 13, .. "IHDR"u8, 0, 0, 0, 0, 0, 0, 0, 0, 8, 6, 0, 0, 0, 1, 2, 3, 4, 0, 0, 0, 0, .. "IDAT"u8];
        BinaryPrimitives.WriteInt32BigEndian(head.AsSpan(16), width);
        BinaryPrimitives.WriteInt32BigEndian(head.AsSpan(20), height);
        BinaryPrimitives.WriteInt32BigEndian(head.AsSpan(33), data);
        return head;
    }

    public static string Json(params byte[][] images) =>
        $$"""{"created":1,"data":[{{string.Join(",", images.Select(i => $$"""{"b64_json":"{{Convert.ToBase64String(i)}}"}"""))}}],"usage":{{Usage}}}""";

    public static string Completed(byte[] image, string usage = Usage) =>
        $$"""{"type":"image_edit.completed","b64_json":"{{Convert.ToBase64String(image)}}","created_at":1,"usage":{{usage}}}""";

    public static string Partial(byte[] image, int index = 0) =>
        $$"""{"type":"image_edit.partial_image","b64_json":"{{Convert.ToBase64String(image)}}","partial_image_index":{{index}}}""";

    public static string Event(string name, string data) => $"event: {name}\ndata: {data}\n\n";

    public static async Task<(Answer Answer, MemorySink Sink, bool HasAll)> ReadAsync(
        byte[] body, bool events = false, Func<int>? size = null, long max = 1L << 30, int wanted = 1, bool partials = false)
    {
        var sink = new MemorySink { KeepsPartials = partials };
        await using var reader = new AnswerReader(sink, max);
        await reader.ReadAsync(new ChunkedStream(body, size ?? (() => int.MaxValue)), events, TestContext.Current.CancellationToken);
        return (reader.Answer, sink, reader.HasAll(wanted));
    }

    public static Task<(Answer Answer, MemorySink Sink, bool HasAll)> ReadAsync(string body, bool events = false, Func<int>? size = null) =>
        ReadAsync(System.Text.Encoding.UTF8.GetBytes(body), events, size);
}
