using System.Net;

namespace Darkroom.Jobs.Sources;

/// <summary>Turns a host's name into addresses.</summary>
public interface IHostResolver
{
    /// <summary>The addresses of a name, in the order in which to try them.</summary>
    /// <exception cref="System.Net.Sockets.SocketException">The name has none, or can't be asked for.</exception>
    Task<IReadOnlyList<IPAddress>> ResolveAsync(string host, CancellationToken cancellationToken);
}
