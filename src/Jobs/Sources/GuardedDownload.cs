using System.Buffers;
using System.Net;
using System.Net.Sockets;
using Darkroom.Jobs.Editing;

namespace Darkroom.Jobs.Sources;

/// <summary>
/// Gets what an address from others holds, within bounds: redirects one by one under the rules of <see cref="GuardedHandler"/>, never from https to http;
/// bytes and time counted while they pass; no compression, so that nothing grows behind the count. Safe for concurrent use.
/// </summary>
public sealed class GuardedDownload
{
    private readonly HttpClient _http;
    private readonly HostHeaders _headers;
    private readonly TimeProvider _time;

    /// <summary>Makes one with connections of its own.</summary>
    /// <param name="options">The rules; validated.</param>
    /// <param name="resolver">Resolves names.</param>
    /// <param name="time">The clock of the bounds.</param>
    /// <param name="trusted">Hosts trusted besides those of the options; see <see cref="AddressPolicy"/>.</param>
    public GuardedDownload(SourcesOptions options, IHostResolver resolver, TimeProvider time, params IEnumerable<string> trusted)
    {
        var policy = new AddressPolicy(options, trusted);
        _http = new HttpClient(new GuardedHandler(policy, resolver), disposeHandler: true) { Timeout = Timeout.InfiniteTimeSpan };
        _headers = new HostHeaders(options, policy);
        _time = time;
    }

    /// <summary>Gets an address into a target.</summary>
    /// <returns>The strong ETag, if there is one; or why it wasn't got, in which case the target may have some of it.</returns>
    /// <exception cref="OperationCanceledException">Canceled by the caller.</exception>
    public Task<(string? ETag, DownloadFault? Fault)> GetAsync(string url, DownloadBounds bounds, IDownloadTarget target, CancellationToken cancellationToken) =>
        RunAsync(HttpMethod.Get, url, bounds, target, cancellationToken);

    /// <summary>Asks for an address's strong ETag by HEAD.</summary>
    /// <returns>The ETag with its quotes, or null and perhaps why.</returns>
    /// <exception cref="OperationCanceledException">Canceled by the caller.</exception>
    public Task<(string? ETag, DownloadFault? Fault)> HeadAsync(string url, DownloadBounds bounds, CancellationToken cancellationToken) =>
        RunAsync(HttpMethod.Head, url, bounds, target: null, cancellationToken);

    private async Task<(string? ETag, DownloadFault? Fault)> RunAsync(
        HttpMethod method, string url, DownloadBounds bounds, IDownloadTarget? target, CancellationToken cancellationToken)
    {
        if (!Uri.TryCreate(url, UriKind.Absolute, out var address)) return (null, new DownloadFault(DownloadFault.Refused, "has no absolute address"));
        if (GuardedHandler.FaultOf(address) is { } fault) return (null, new DownloadFault(DownloadFault.Refused, $"is refused: its address {fault}"));
        using var clock = new DownloadClock(bounds, _time, cancellationToken);
        try
        {
            return await FollowAsync(method, address, bounds, target, clock);
        }
        catch (Exception e) when (e is HttpRequestException or IOException or OperationCanceledException or SocketException)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (ForbiddenTargetException.Find(e) is { } refusal) return (null, new DownloadFault(DownloadFault.Refused, $"is refused: {refusal.Message}"));
            var reason = clock.Expired ?? SecretScrubber.Scrub(e.Message);
            return (null, new DownloadFault(DownloadFault.NotFetched, $"could not be fetched: {reason}", MayPass: true));
        }
    }

    private async Task<(string? ETag, DownloadFault? Fault)> FollowAsync(
        HttpMethod method, Uri address, DownloadBounds bounds, IDownloadTarget? target, DownloadClock clock)
    {
        for (var redirects = 0; ; redirects++)
        {
            using var request = Request(method, address);
            using var response = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, clock.Token);
            clock.Restart();
            if (response.StatusCode is HttpStatusCode.OK)
                return target is null ? (StrongTag(response), null) : await CopyAsync(response, bounds, target, clock);
            if (!IsRedirect(response.StatusCode) || response.Headers.Location is not { } location) return (null, ByStatus(response.StatusCode));
            if (redirects == bounds.MaxRedirects) return (null, new DownloadFault(DownloadFault.Refused, $"redirects more than {bounds.MaxRedirects} times"));
            if (!Uri.TryCreate(address, location, out var next) || RedirectFaultOf(address, next) is not null)
                return (null, new DownloadFault(DownloadFault.Refused, next is null ? "redirects to what is no address" : RedirectFaultOf(address, next)!));
            address = next;
        }
    }

    /// <summary>Why a redirect isn't followed, before anything is resolved, or null.</summary>
    internal static string? RedirectFaultOf(Uri from, Uri to) =>
        GuardedHandler.FaultOf(to) is { } fault ? $"redirects to an address that {fault}"
        : from.Scheme == Uri.UriSchemeHttps && to.Scheme != Uri.UriSchemeHttps ? "redirects from https to http, which anybody on the way could read and change"
        : null;

    private HttpRequestMessage Request(HttpMethod method, Uri address)
    {
        var request = new HttpRequestMessage(method, address);
        UserAgent.AddTo(request);
        request.Headers.AcceptEncoding.ParseAdd("identity");
        _headers.AddTo(request);
        return request;
    }

    private static async Task<(string? ETag, DownloadFault? Fault)> CopyAsync(HttpResponseMessage response, DownloadBounds bounds, IDownloadTarget target, DownloadClock clock)
    {
        if (response.Content.Headers.ContentEncoding.Any(coding => !coding.Equals("identity", StringComparison.OrdinalIgnoreCase)))
            return (null, new DownloadFault(DownloadFault.NotFetched, "comes compressed though that wasn't asked for, and isn't unpacked"));
        if (response.Content.Headers.ContentLength >= bounds.MaxBytes) return (null, TooLarge(bounds));
        await using var body = await response.Content.ReadAsStreamAsync(clock.Token);
        var buffer = ArrayPool<byte>.Shared.Rent(64 * 1024);
        try
        {
            long total = 0;
            int read;
            while ((read = await body.ReadAsync(buffer, clock.Token)) > 0)
            {
                clock.Restart();
                if ((total += read) >= bounds.MaxBytes) return (null, TooLarge(bounds));
                if (await target.WriteAsync(buffer.AsMemory(0, read), clock.Token) is { } fault) return (null, fault);
            }

            return (StrongTag(response), null);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    // A weak tag says that two are alike, not that they are the same.
    private static string? StrongTag(HttpResponseMessage response) => response.Headers.ETag is { IsWeak: false, Tag: { Length: > 2 and <= 200 } tag } ? tag : null;

    private static bool IsRedirect(HttpStatusCode status) => (int)status is 301 or 302 or 303 or 307 or 308;

    private static DownloadFault TooLarge(DownloadBounds bounds) => new(DownloadFault.TooLarge, $"has {bounds.MaxBytes} bytes or more");

    private static DownloadFault ByStatus(HttpStatusCode status) =>
        new(DownloadFault.NotFetched, $"answers with HTTP {(int)status}", MayPass: (int)status is 408 or 425 or 429 or >= 500);
}
