using Darkroom.Worker.Downloads;
using Microsoft.Extensions.Time.Testing;

namespace Darkroom.Worker.Tests.Downloads;

public sealed class DownloadProgressTests
{
    [Fact]
    public void ToString_UnderWay_HasImagesBytesRateAndTimeLeft() =>
        new DownloadProgress(new DownloadResult(10, 2, 1, 30_000_000), 12, 31_200_000, 40, 98_000_000) { Rate = 4_175_000 }.ToString()
            .ShouldBe("12/40 images, 31.2 MB of 98.0 MB, 4.2 MB/s, 16 s left; 10 downloaded, 2 there already, 1 failed");

    [Fact]
    public void ToString_NotYetCounted_SaysWhatIsKnown() =>
        new DownloadProgress(new DownloadResult(0, 0, 0, 0), 0, 0, null, null).ToString().ShouldBe("0 images, 0.0 kB, –/s, – left; 0 downloaded, 0 there already, 0 failed");

    [Theory]
    [InlineData(1_000, "1 s")]
    [InlineData(90_000, "1 min 30 s")]
    [InlineData(3_720_000, "1 h 2 min")]
    public void ToString_TimeLeft_IsCoarse(long bytes, string left) =>
        new DownloadProgress(new DownloadResult(0, 0, 0, 0), 0, 0, 1, bytes) { Rate = 1000 }.ToString().ShouldContain($", {left} left;");

    [Fact]
    public void Pace_Looks_GoesByTheLastTenSeconds()
    {
        var time = new FakeTimeProvider();
        var pace = new DownloadPace(time);
        pace.Add(0).ShouldBeNull();
        time.Advance(TimeSpan.FromSeconds(2));
        pace.Add(2_000).ShouldBe(1_000);
        time.Advance(TimeSpan.FromSeconds(10));
        pace.Add(2_000).ShouldBeNull("it stands still");
        time.Advance(TimeSpan.FromSeconds(5));
        pace.Add(52_000).ShouldNotBeNull().ShouldBe(50_000 / 5.0);
    }
}
