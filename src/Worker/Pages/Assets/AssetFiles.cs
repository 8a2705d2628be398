using System.Collections.Frozen;
using System.Security.Cryptography;
using System.Text;

namespace Darkroom.Worker.Pages.Assets;

/// <summary>
/// Scripts, styles and icons of the pages. They are inside the program, so that they are found wherever it runs from, and their address has a hash of them all, so that
/// browsers keep them for ever and yet never mix two versions.
/// </summary>
internal static class AssetFiles
{
    private const string Prefix = "assets/";

    private static readonly FrozenDictionary<string, byte[]> Files = Load();
    private static readonly string Version = HashOf(Files);

    /// <summary>The names of all files.</summary>
    public static IEnumerable<string> Names => Files.Keys;

    /// <summary>A file's address.</summary>
    /// <exception cref="KeyNotFoundException">There is none of that name.</exception>
    public static string Url(string name) => Files.ContainsKey(name) ? $"/assets/{Version}/{name}" : throw new KeyNotFoundException(name);

    /// <summary>Maps their addresses. They hold nothing of anybody, so the page that signs people in can use them.</summary>
    public static void Map(IEndpointRouteBuilder endpoints) =>
        endpoints.MapGet("/assets/{version}/{name}", Get).AllowAnonymous().ExcludeFromDescription();

    private static IResult Get(HttpContext context, string version, string name)
    {
        if (!Files.TryGetValue(name, out var bytes)) return TypedResults.NotFound();
        // What another version asks for gets what there is, but isn't kept.
        context.Response.Headers.CacheControl = string.Equals(version, Version, StringComparison.Ordinal) ? "public, max-age=31536000, immutable" : "no-cache";
        return TypedResults.Bytes(bytes, TypeOf(name), entityTag: new Microsoft.Net.Http.Headers.EntityTagHeaderValue($"\"{Version}\""));
    }

    private static string TypeOf(string name) => Path.GetExtension(name) switch
    {
        ".css" => "text/css; charset=utf-8",
        ".js" => "text/javascript; charset=utf-8",
        ".svg" => "image/svg+xml",
        _ => "application/octet-stream",
    };

    private static FrozenDictionary<string, byte[]> Load()
    {
        var assembly = typeof(AssetFiles).Assembly;
        var files = new Dictionary<string, byte[]>(StringComparer.Ordinal);
        foreach (var resource in assembly.GetManifestResourceNames().Where(name => name.StartsWith(Prefix, StringComparison.Ordinal)))
        {
            using var stream = assembly.GetManifestResourceStream(resource)!;
            using var bytes = new MemoryStream();
            stream.CopyTo(bytes);
            files.Add(resource[Prefix.Length..], bytes.ToArray());
        }

        return files.ToFrozenDictionary(StringComparer.Ordinal);
    }

    private static string HashOf(FrozenDictionary<string, byte[]> files)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var (name, bytes) in files.OrderBy(file => file.Key, StringComparer.Ordinal))
        {
            hash.AppendData(Encoding.UTF8.GetBytes(name));
            hash.AppendData(bytes);
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset())[..12];
    }
}
