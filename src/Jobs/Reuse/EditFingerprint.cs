using System.Buffers;
using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Darkroom.Jobs.Editing;
using Darkroom.Jobs.Sources;

namespace Darkroom.Jobs.Reuse;

/// <summary>
/// What makes two rows ask for the same edit: their images and mask by name, the rendered prompt, the model and the options; the first 128 bits of a
/// SHA-256. What changes nothing in the images doesn't count: <c>user</c>, <c>stream</c> and <c>partial_images</c>, and the signature of a presigned URL,
/// which is another one every night. Persisted, so the form is an API: another form needs another first byte.
/// </summary>
public static class EditFingerprint
{
    private const byte Form = 1;
    private const int LongText = 16_384;

    private static readonly HashSet<string> Ignored = new(StringComparer.Ordinal) { "user", "stream", "partial_images" };

    [ThreadStatic]
    private static ArrayBufferWriter<byte>? _buffer;

    /// <summary>The fingerprint of an edit.</summary>
    public static Guid Of(EditInput input, string prompt, EditOptions options)
    {
        var buffer = _buffer ??= new ArrayBufferWriter<byte>(1024);
        buffer.ResetWrittenCount();
        buffer.Write([Form]);
        Put(buffer, prompt);
        foreach (var image in input.Images) Put(buffer, image);
        Put(buffer, "mask");
        if (input.Mask is { } mask) Put(buffer, mask);
        Put(buffer, options);
        return Hash(buffer.WrittenSpan);
    }

    /// <summary>The fingerprint of an edit at one endpoint: what another server made of it is another image.</summary>
    public static Guid At(Guid fingerprint, string endpoint)
    {
        var buffer = _buffer ??= new ArrayBufferWriter<byte>(1024);
        buffer.ResetWrittenCount();
        buffer.Write(fingerprint.ToByteArray(bigEndian: true));
        Put(buffer, endpoint);
        return Hash(buffer.WrittenSpan);
    }

    /// <summary>The fingerprint of what was found of each source, in order.</summary>
    public static Guid OfVersions(IEnumerable<string> versions)
    {
        var buffer = _buffer ??= new ArrayBufferWriter<byte>(1024);
        buffer.ResetWrittenCount();
        buffer.Write([Form]);
        foreach (var version in versions) Put(buffer, version);
        return Hash(buffer.WrittenSpan);
    }

    private static Guid Hash(ReadOnlySpan<byte> bytes)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(bytes, hash);
        return new Guid(hash[..16], bigEndian: true);
    }

    private static void Put(ArrayBufferWriter<byte> buffer, EditOptions options)
    {
        foreach (var (name, value) in options.Values)
        {
            if (Ignored.Contains(name)) continue;
            Put(buffer, name);
            // Raw text would tell 1.0 from 1; what the user wrote differently is then paid for again, which is safe.
            Put(buffer, value.ValueKind == JsonValueKind.String ? value.GetString()! : value.GetRawText());
        }
    }

    private static void Put(ArrayBufferWriter<byte> buffer, ImageReference reference)
    {
        buffer.Write([(byte)reference.Kind]);
        Put(buffer, reference.Kind == ImageReferenceKind.Url ? SourceAddress.WithoutSignature(reference.Value) : reference.Value);
    }

    // With its length before it, so that no two lists of texts give the same bytes.
    private static void Put(ArrayBufferWriter<byte> buffer, string text)
    {
        if (text.Length > LongText)
        {
            // Such as a data URL: the buffer needn't grow to its size.
            var span16 = buffer.GetSpan(sizeof(int) + SHA256.HashSizeInBytes);
            BinaryPrimitives.WriteInt32BigEndian(span16, -1);
            SHA256.HashData(MemoryMarshal.AsBytes(text.AsSpan()), span16[sizeof(int)..]);
            buffer.Advance(sizeof(int) + SHA256.HashSizeInBytes);
            return;
        }

        var room = Encoding.UTF8.GetMaxByteCount(text.Length);
        var span = buffer.GetSpan(sizeof(int) + room);
        var length = Encoding.UTF8.GetBytes(text, span[sizeof(int)..]);
        BinaryPrimitives.WriteInt32BigEndian(span, length);
        buffer.Advance(sizeof(int) + length);
    }
}
