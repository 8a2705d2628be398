using Darkroom.Jobs.Access;

namespace Darkroom.Worker.Access;

/// <summary>
/// Tells requests that come from this machine itself. Behind a proxy on the same machine every connection is local, so a request that was forwarded isn't one;
/// nor is one for another host's name, since a page in a browser here can make such a name point to this machine.
/// </summary>
internal static class LoopbackRequest
{
    private static readonly string[] ForwardingHeaders =
        ["Forwarded", "Via", "X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Proto", "X-Forwarded-Prefix", "X-Original-For", "X-Original-Host", "X-Original-Proto", "X-Real-IP"];

    /// <summary>Why a request isn't this machine's own, or null when it is.</summary>
    public static string? FaultOf(HttpContext context)
    {
        if (context.Connection.RemoteIpAddress is not { } remote || !Loopback.IsAddress(remote)) return "it comes from another machine";
        if (ForwardingHeaders.FirstOrDefault(context.Request.Headers.ContainsKey) is { } header) return $"it was forwarded ({header})";
        return Loopback.IsHost(context.Request.Host.Host) ? null : "its Host isn't this machine's own name (localhost, 127.0.0.1 or [::1])";
    }
}
