using Darkroom.Jobs.Access;

namespace Darkroom.Worker.Access;

/// <summary>Tells what Kestrel will listen on. The host name alone misleads: for a name that Kestrel doesn't know, it listens on all addresses of the machine.</summary>
internal static class ListenAddress
{
    private const string LocalDomain = ".localhost";

    /// <summary>Whether only this machine can reach an address such as <c>http://localhost:5080</c>.</summary>
    /// <exception cref="FormatException">The text is not an http or https address.</exception>
    public static bool IsLoopback(string url)
    {
        var address = BindingAddress.Parse(url);
        if (address.Scheme is not ("http" or "https")) throw new FormatException("Only http and https are served.");
        if (address.IsUnixPipe || address.IsNamedPipe) return false;
        return Loopback.IsHost(address.Host) || address.Host.EndsWith(LocalDomain, StringComparison.OrdinalIgnoreCase);
    }
}
