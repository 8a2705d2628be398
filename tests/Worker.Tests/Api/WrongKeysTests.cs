using System.Net;
using Darkroom.Worker.Access;
using Darkroom.Worker.Api;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;

namespace Darkroom.Worker.Tests.Api;

public sealed class WrongKeysTests
{
    private readonly FakeTimeProvider _time = new();
    private readonly WrongKeys _wrong;

    public WrongKeysTests() => _wrong = new WrongKeys(Options.Create(new ApiOptions { SignInsPerMinute = 3 }), _time);

    [Fact]
    public void PauseOf_MoreAndMoreWrongKeys_GrowsToFiveMinutesAndIsForgotten()
    {
        var visitor = From("203.0.113.7");
        for (var failure = 0; failure < 3; failure++)
        {
            _wrong.PauseOf(visitor, "id").ShouldBe(TimeSpan.Zero);
            _wrong.Add(visitor, "id");
        }

        foreach (var seconds in (int[])[1, 2, 4, 8, 16, 32, 64, 128, 256, 300, 300])
        {
            _wrong.PauseOf(visitor, "id").ShouldBe(TimeSpan.FromSeconds(seconds));
            _time.Advance(TimeSpan.FromSeconds(seconds));
            _wrong.PauseOf(visitor, "id").ShouldBe(TimeSpan.Zero);
            _wrong.Add(visitor, "id");
        }

        _time.Advance(TimeSpan.FromMinutes(16));
        _wrong.Add(visitor, "id");
        _wrong.PauseOf(visitor, "id").ShouldBe(TimeSpan.Zero);
    }

    [Theory]
    [InlineData("203.0.113.7", "203.0.113.8", "id", true)]
    [InlineData("203.0.113.7", "203.0.113.7", "other", true)]
    [InlineData("203.0.113.7", "::ffff:203.0.113.7", "id", false)]
    [InlineData("2001:db8:1:2::1", "2001:db8:1:2:ffff::9", "id", false)]
    [InlineData("2001:db8:1:2::1", "2001:db8:1:3::1", "id", true)]
    public void PauseOf_AnotherVisitorOrKey_IsFree(string guilty, string address, string keyId, bool free)
    {
        for (var failure = 0; failure < 5; failure++) _wrong.Add(From(guilty), "id");

        (_wrong.PauseOf(From(address), keyId) == TimeSpan.Zero).ShouldBe(free);
    }

    [Fact]
    public void Forget_AfterTheRightKey_BeginsAnew()
    {
        for (var failure = 0; failure < 9; failure++) _wrong.Add(From("203.0.113.7"), "id");

        _wrong.Forget(From("203.0.113.7"), "id");

        _wrong.PauseOf(From("203.0.113.7"), "id").ShouldBe(TimeSpan.Zero);
    }

    private static DefaultHttpContext From(string address) => new() { Connection = { RemoteIpAddress = IPAddress.Parse(address) } };
}
