using System.Security.Cryptography;
using Darkroom.Jobs.Outputs;

namespace Darkroom.Storage.Tests.Images;

/// <summary>What tests of a store have to hand.</summary>
public abstract class ImageStoreTest
{
    private const string Usage = """{"total_tokens": 1234, "input_tokens_details": {"text_tokens": 1}, "note": "é – 画像"}""";

    protected static CancellationToken Cancel => TestContext.Current.CancellationToken;

    protected string Batch { get; } = "b" + Guid.NewGuid().ToString("N");

    protected abstract IImageStore Store { get; }

    /// <summary>The same store, keeping partial images.</summary>
    protected abstract IImageStore Keeping { get; }

    /// <summary>A store of the same kind that can't be written.</summary>
    protected abstract IImageStore Failing { get; }

    /// <summary>Every visible image of the batch, by path.</summary>
    protected abstract Task<IReadOnlyList<string>> VisibleAsync();

    /// <summary>Takes an image out of the store behind its back.</summary>
    protected abstract Task RemoveAsync(string path);

    protected static OutputMetadata Metadata(long attempt, int images) => new(attempt, Usage, images, "req_ü 1");

    protected static string Hash(byte[] bytes) => Convert.ToHexStringLower(SHA256.HashData(bytes));

    protected AttemptPlace Place(string name = "mugs/SKU-1") => new(Batch, name, 1, "png");

    protected async Task<IReadOnlyList<StoredImage>> StoreAsync(AttemptPlace place, OutputMetadata metadata, params byte[][] pictures)
    {
        await using var sink = Store.OpenSink(place);
        for (var index = 0; index < pictures.Length; index++) await WriteAsync(sink, index, pictures[index]);
        return await sink.CommitAsync(metadata, Cancel);
    }

    /// <summary>Writes as an answer arrives: in pieces of no particular size.</summary>
    protected static async Task WriteAsync(IOutputSink sink, int index, byte[] picture)
    {
        await using var stream = await sink.OpenAsync(index, Cancel);
        const int piece = 49_157;
        for (var at = 0; at < picture.Length; at += piece) await stream.WriteAsync(picture.AsMemory(at, Math.Min(piece, picture.Length - at)), Cancel);
    }

    protected static async Task WritePartialAsync(IOutputSink sink, int index, int number, byte[] picture)
    {
        await using var stream = await sink.OpenPartialAsync(index, number, Cancel);
        await stream.WriteAsync(picture, Cancel);
    }

    protected async Task<byte[]> ReadAsync(string path)
    {
        await using var stream = (await Store.OpenReadAsync(path, Cancel)).ShouldNotBeNull();
        using var copy = new MemoryStream();
        await stream.CopyToAsync(copy, Cancel);
        return copy.ToArray();
    }
}
