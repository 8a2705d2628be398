using Darkroom.Jobs.Throttling;
using Microsoft.Extensions.Time.Testing;

namespace Darkroom.Jobs.Tests.Throttling;

public sealed class RecentStartsTests
{
    [Fact]
    public void Count_AsTimePasses_ForgetsWhatIsOld()
    {
        var time = new FakeTimeProvider();
        var starts = new RecentStarts(time, TimeSpan.FromSeconds(3));
        starts.Count.ShouldBe(0);
        starts.Add(2);
        time.Advance(TimeSpan.FromSeconds(2));
        starts.Add(0);
        starts.Add(5);
        starts.Count.ShouldBe(7);
        time.Advance(TimeSpan.FromSeconds(1));
        starts.Count.ShouldBe(5);
        starts.Add(1);
        time.Advance(TimeSpan.FromSeconds(2));
        starts.Count.ShouldBe(1);
        time.Advance(TimeSpan.FromSeconds(1));
        starts.Count.ShouldBe(0);
    }
}
