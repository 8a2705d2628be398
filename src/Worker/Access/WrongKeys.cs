using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Darkroom.Worker.Api;
using Darkroom.Worker.Client.Shapes;
using Microsoft.Extensions.Options;

namespace Darkroom.Worker.Access;

/// <summary>
/// Makes a visitor who sends wrong keys wait, longer each time. Wrong keys are counted per key id and address: a visitor behind a proxy who guesses does not lock out another
/// visitor behind the same proxy who has a different key.
/// </summary>
internal sealed class WrongKeys(IOptions<ApiOptions> options, TimeProvider time)
{
    /// <summary>The longest pause.</summary>
    public static readonly TimeSpan LongestPause = TimeSpan.FromMinutes(5);

    private static readonly TimeSpan Forgotten = TimeSpan.FromMinutes(15);
    private const int MostRemembered = 10_000;
    private const int Ipv6NetworkBytes = 8;

    private readonly Lock _gate = new();
    private readonly Dictionary<(string Address, string KeyId), (int Failures, DateTimeOffset Last)> _failures = [];

    /// <summary>How long this visitor has to wait before the next try with this key id; zero for no wait.</summary>
    public TimeSpan PauseOf(HttpContext context, string? keyId)
    {
        lock (_gate)
        {
            if (!_failures.TryGetValue(NameOf(context, keyId), out var known)) return TimeSpan.Zero;
            var over = known.Failures - options.Value.SignInsPerMinute;
            if (over < 0) return TimeSpan.Zero;
            var pause = TimeSpan.FromSeconds(Math.Min(Math.Pow(2, over), LongestPause.TotalSeconds));
            var left = known.Last + pause - time.GetUtcNow();
            return left > TimeSpan.Zero ? left : TimeSpan.Zero;
        }
    }

    /// <summary>Counts a wrong key. A text that can't be a key has a null id; all such texts count together.</summary>
    public void Add(HttpContext context, string? keyId)
    {
        var now = time.GetUtcNow();
        lock (_gate)
        {
            var name = NameOf(context, keyId);
            var failures = _failures.TryGetValue(name, out var known) && now - known.Last < Forgotten ? known.Failures : 0;
            _failures[name] = (failures + 1, now);
            if (_failures.Count <= MostRemembered) return;
            foreach (var old in _failures.OrderBy(failure => failure.Value.Last).Take(MostRemembered / 10).Select(failure => failure.Key).ToList()) _failures.Remove(old);
        }
    }

    /// <summary>Forgets wrong keys after the right one.</summary>
    public void Forget(HttpContext context, string? keyId)
    {
        lock (_gate) _failures.Remove(NameOf(context, keyId));
    }

    /// <summary>The answer to a visitor who has to wait; also sets <c>Retry-After</c>.</summary>
    public static ProblemShape Problem(HttpContext context, TimeSpan pause)
    {
        var seconds = (int)Math.Ceiling(pause.TotalSeconds);
        context.Response.Headers.RetryAfter = seconds.ToString(CultureInfo.InvariantCulture);
        return Problems.Of(StatusCodes.Status429TooManyRequests, "too-many-sign-ins", "Too many tries", $"Too many wrong keys. Try again in {seconds} s.");
    }

    /// <summary>The address that a visitor is counted by. For IPv6 that is the /64 network, since a visitor has all addresses of it.</summary>
    public static string AddressOf(HttpContext context)
    {
        if (context.Connection.RemoteIpAddress is not { } address) return "";
        if (address.IsIPv4MappedToIPv6) address = address.MapToIPv4();
        return address.AddressFamily == AddressFamily.InterNetworkV6 && !IPAddress.IsLoopback(address)
            ? Convert.ToHexString(address.GetAddressBytes().AsSpan(0, Ipv6NetworkBytes))
            : address.ToString();
    }

    private static (string Address, string KeyId) NameOf(HttpContext context, string? keyId) => (AddressOf(context), keyId ?? "");
}
