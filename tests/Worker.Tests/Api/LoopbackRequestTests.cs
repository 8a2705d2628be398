using System.Net;
using Darkroom.Worker.Access;
using Microsoft.AspNetCore.Http;

namespace Darkroom.Worker.Tests.Api;

public sealed class LoopbackRequestTests
{
    [Theory]
    [InlineData("127.0.0.1", "localhost:5000", null, true)]
    [InlineData("127.8.8.8", "127.0.0.1", null, true)]
    [InlineData("::1", "[::1]:5000", null, true)]
    [InlineData("::ffff:127.0.0.1", "localhost", null, true)]
    [InlineData("192.0.2.7", "localhost", null, false)]
    [InlineData("127.0.0.1", "rebound.example", null, false)]
    [InlineData("127.0.0.1", "localhost", "Forwarded", false)]
    [InlineData("127.0.0.1", "localhost", "X-Forwarded-For", false)]
    [InlineData("127.0.0.1", "localhost", "x-real-ip", false)]
    [InlineData(null, "localhost", null, false)]
    public void FaultOf_Request_OnlyThisMachinesOwnHasNone(string? remote, string host, string? header, bool expected)
    {
        var context = new DefaultHttpContext { Connection = { RemoteIpAddress = remote is null ? null : IPAddress.Parse(remote) } };
        context.Request.Host = new HostString(host);
        if (header is not null) context.Request.Headers[header] = "for=192.0.2.7";
        (LoopbackRequest.FaultOf(context) is null).ShouldBe(expected);
    }
}
