using System.Net;
using System.Net.Sockets;

namespace Darkroom.Jobs.Sources;

/// <summary>
/// Sends requests to addresses that come from others: manifests, answers, webhooks. Only http and https, no user in the address; the host is resolved once a
/// connection, and what is connected to is one of the addresses that were checked, so an answer that changes in between changes nothing. No redirects, no
/// cookies, no proxy (it would resolve again, and elsewhere), no decompression, no system credentials. What it refuses is a
/// <see cref="ForbiddenTargetException"/>, perhaps inside an <see cref="HttpRequestException"/>.
/// </summary>
public sealed class GuardedHandler : DelegatingHandler
{
    /// <summary>How long connecting may take, over all addresses of a host.</summary>
    public static readonly TimeSpan ConnectTimeout = TimeSpan.FromSeconds(15);

    private readonly AddressPolicy _policy;
    private readonly IHostResolver _resolver;

    /// <summary>Makes one, with connections of its own.</summary>
    /// <param name="policy">Which addresses are allowed.</param>
    /// <param name="resolver">Resolves names.</param>
    public GuardedHandler(AddressPolicy policy, IHostResolver resolver)
    {
        (_policy, _resolver) = (policy, resolver);
        InnerHandler = new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            UseCookies = false,
            UseProxy = false,
            Credentials = null,
            AutomaticDecompression = DecompressionMethods.None,
            ActivityHeadersPropagator = null,
            ConnectTimeout = ConnectTimeout,
            MaxResponseHeadersLength = 32,
            // What isn't read isn't wanted: the connection is closed instead.
            MaxResponseDrainSize = 0,
            PooledConnectionLifetime = TimeSpan.FromMinutes(2),
            PooledConnectionIdleTimeout = TimeSpan.FromSeconds(30),
            ConnectCallback = ConnectAsync,
        };
    }

    /// <summary>What is wrong with an address, in a sentence without its subject, before anything is resolved; or null.</summary>
    public static string? FaultOf(Uri? address) => address switch
    {
        null or { IsAbsoluteUri: false } => "is no absolute address",
        { Scheme: not ("http" or "https") } => "is neither http nor https",
        { UserInfo.Length: > 0 } => "has a user name or password in it",
        { IdnHost.Length: 0 } => "names no host",
        _ => null,
    };

    /// <inheritdoc/>
    protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        return FaultOf(request.RequestUri) is { } fault ? throw new ForbiddenTargetException($"The address {fault}.") : base.SendAsync(request, cancellationToken);
    }

    /// <inheritdoc/>
    protected override HttpResponseMessage Send(HttpRequestMessage request, CancellationToken cancellationToken) =>
        throw new NotSupportedException("Only asynchronous requests are guarded.");

    private async ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, CancellationToken cancellationToken)
    {
        var (host, port) = (context.DnsEndPoint.Host, context.DnsEndPoint.Port);
        var found = IPAddress.TryParse(host, out var literal) ? [literal] : await _resolver.ResolveAsync(host, cancellationToken);
        if (found.Count == 0) throw new HttpRequestException(HttpRequestError.NameResolutionError, "The host has no address.");
        var permitted = found.Where(address => _policy.Permits(host, port, address)).ToList();
        if (permitted.Count == 0)
        {
            throw new ForbiddenTargetException(
                $"The host is at a {AddressKinds.NameOf(AddressKinds.Of(found[0]))} address, which isn't fetched from; Sources:AllowedNetworks or Sources:AllowedHosts may allow it.");
        }

        for (var i = 0; ; i++)
        {
            try
            {
                // A mapped address that is allowed by itself is reached as what it stands for.
                var address = permitted[i].IsIPv4MappedToIPv6 ? permitted[i].MapToIPv4() : permitted[i];
                return await ConnectAsync(new IPEndPoint(address, port), cancellationToken);
            }
            catch (SocketException) when (i + 1 < permitted.Count)
            {
                // The next address of the same answer; only the last one's failure tells that none works.
            }
        }
    }

    private static async Task<Stream> ConnectAsync(IPEndPoint address, CancellationToken cancellationToken)
    {
        var socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(address, cancellationToken);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}
