using Darkroom.Jobs.Running;

namespace Darkroom.Jobs.Tests.Running;

public sealed class BackoffTests
{
    [Fact]
    public void Bounds_Always_AreThese() =>
        (Backoff.Base, Backoff.Cap, Backoff.ServerCap).ShouldBe((TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(60), TimeSpan.FromMinutes(10)));

    [Theory]
    [InlineData(1, 1)]
    [InlineData(2, 2)]
    [InlineData(5, 16)]
    [InlineData(6, 32)]
    [InlineData(7, 60)]
    [InlineData(1000, 60)]
    [InlineData(int.MaxValue, 60)]
    public void Next_ManyDraws_FillTheRangeUpToTheBound(int failures, double bound)
    {
        var backoff = new Backoff(new Random(42));
        var waits = Enumerable.Range(0, 2000).Select(_ => backoff.Next(failures).TotalSeconds).ToList();
        waits.Min().ShouldBeInRange(0, bound * 0.05);
        waits.Max().ShouldBeInRange(bound * 0.95, bound);
        waits.Average().ShouldBe(bound / 2, bound * 0.05);
    }

    [Fact]
    public void Next_SameSeed_GivesTheSame() => new Backoff(new Random(3)).Next(4).ShouldBe(new Backoff(new Random(3)).Next(4));

    [Theory]
    [InlineData(90, 90)]
    [InlineData(601, 600)]
    public void Next_ServerAskedForMore_WaitsThat(int asked, int waited) =>
        new Backoff(new Random(1)).Next(3, TimeSpan.FromSeconds(asked)).ShouldBe(TimeSpan.FromSeconds(waited));

    [Theory]
    [InlineData(0)]
    [InlineData(-5)]
    public void Next_ServerAskedForLess_KeepsItsOwn(int asked) =>
        new Backoff(new Random(1)).Next(3, TimeSpan.FromSeconds(asked)).ShouldBe(new Backoff(new Random(1)).Next(3));
}
