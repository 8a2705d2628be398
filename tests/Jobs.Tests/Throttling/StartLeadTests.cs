using Darkroom.Jobs.Throttling;

namespace Darkroom.Jobs.Tests.Throttling;

public sealed class StartLeadTests
{
    private readonly StartLead _lead = new();

    [Fact]
    public void Now_NothingKnownOrFast_IsTheLeast()
    {
        _lead.Now.ShouldBe(TimeSpan.FromMilliseconds(60));
        _lead.Took(TimeSpan.FromMilliseconds(8));
        _lead.Now.ShouldBe(TimeSpan.FromMilliseconds(60));
    }

    [Fact]
    public void Now_ASlowOne_IsHalfAsMuchAgainAndIsForgottenSlowly()
    {
        _lead.Took(TimeSpan.FromMilliseconds(200));
        _lead.Now.ShouldBe(TimeSpan.FromMilliseconds(300));
        for (var calls = 0; calls < 40; calls++) _lead.Took(TimeSpan.Zero);
        _lead.Now.TotalMilliseconds.ShouldBeInRange(150, 170);
        for (var calls = 0; calls < 200; calls++) _lead.Took(TimeSpan.Zero);
        _lead.Now.ShouldBe(TimeSpan.FromMilliseconds(60));
    }

    [Fact]
    public void Now_VerySlow_IsBounded()
    {
        _lead.Took(TimeSpan.FromSeconds(20));
        _lead.Now.ShouldBe(TimeSpan.FromSeconds(1));
    }
}
