using System.Net;
using Hangfire.Dashboard;

namespace Darkroom.Worker.Engines.Hangfire;

/// <summary>
/// Lets only requests in that come from this machine itself. Behind a proxy on the same machine every connection is local, so a request that was
/// forwarded is refused; so is one for another host's name, since a page in a browser here can make such a name point to this machine.
/// </summary>
internal sealed class LoopbackOnlyFilter : IDashboardAuthorizationFilter
{
    private static readonly string[] ForwardingHeaders =
        ["Forwarded", "Via", "X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Proto", "X-Original-For", "X-Real-IP"];

    /// <inheritdoc/>
    public bool Authorize(DashboardContext context) => IsAllowed(context.GetHttpContext());

    /// <summary>Whether a request may see the dashboard.</summary>
    internal static bool IsAllowed(HttpContext context) =>
        context.Connection.RemoteIpAddress is { } remote && IsLoopback(remote)
        && IsOwnName(context.Request.Host.Host)
        && !ForwardingHeaders.Any(context.Request.Headers.ContainsKey);

    private static bool IsLoopback(IPAddress address) => IPAddress.IsLoopback(address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address);

    private static bool IsOwnName(string host) =>
        string.Equals(host, "localhost", StringComparison.OrdinalIgnoreCase) || (IPAddress.TryParse(host.Trim('[', ']'), out var address) && IsLoopback(address));
}
