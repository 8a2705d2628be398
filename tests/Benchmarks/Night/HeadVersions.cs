using Darkroom.Jobs.Editing;
using Darkroom.Jobs.Sources;

namespace Darkroom.Benchmarks.Night;

/// <summary>Asks a loopback server by HEAD for every source, as the fetcher does, and gives a strong ETag that stays.</summary>
internal sealed class HeadVersions(Uri server) : ISourceVersions, IDisposable
{
    private readonly HttpClient _http = new(new SocketsHttpHandler { MaxConnectionsPerServer = 64 });

    public async Task<SourceVersion?> ProbeAsync(ImageReference source, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Head, new Uri(server, "/catalogue/mug.png"));
        using var response = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
        return Stays;
    }

    public string IdentityOf(ImageReference source) => source.Value;

    public void Dispose() => _http.Dispose();

    /// <summary>The version of every source.</summary>
    public static SourceVersion Stays { get; } = new(SourceVersionKind.ETag, "\"1\"");
}
