using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Darkroom.Simulator.Http;

/// <summary>Reads multipart forms.</summary>
internal static class Forms
{
    /// <summary>The largest body that is taken, in bytes: a file's 512 MB, or sixteen data URLs.</summary>
    public const long MaxBody = 600_000_000;

    /// <summary>Form limits as wide as the body's.</summary>
    public static readonly FormOptions Options = new() { MultipartBodyLengthLimit = MaxBody, ValueLengthLimit = 1 << 20 };

    /// <summary>A form's file as bytes.</summary>
    public static async Task<byte[]> ReadFileAsync(IFormFile file, CancellationToken cancellationToken)
    {
        var content = new byte[file.Length];
        await using var from = file.OpenReadStream();
        await from.ReadExactlyAsync(content, cancellationToken);
        return content;
    }
}
