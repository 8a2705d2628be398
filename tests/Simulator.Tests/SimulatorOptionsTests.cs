namespace Darkroom.Simulator.Tests;

public sealed class SimulatorOptionsTests
{
    [Fact]
    public void Defaults_AreTheQuietCase()
    {
        var options = new SimulatorOptions();
        options.Port.ShouldBe(0);
        options.ImagesPerMinute.ShouldBeNull();
        options.RequestsPerMinute.ShouldBeNull();
        options.MaxInFlight.ShouldBeNull();
        options.LimitWindow.ShouldBe(TimeSpan.FromSeconds(60));
        options.RetryAfterHeaders.ShouldBeTrue();
        options.RateLimitHeaders.ShouldBeFalse();
        options.Latency.ShouldBe(TimeSpan.Zero);
        options.LatencyJitter.ShouldBe(0.2);
        options.LatencyTail.ShouldBe(0.02);
        options.Seed.ShouldBe(1);
        options.ApiKey.ShouldBeNull();
        options.ModerationWords.ShouldBe(["forbidden-word", "weapon"]);
        options.OutputBytes.ShouldBeNull();
        options.TokenRules.AutoQuality.ShouldBe("medium");
        options.TokenRules.OutputDetails.ShouldBeFalse();
        options.FindProblems().ShouldBeEmpty();
    }

    public static TheoryData<SimulatorOptions, string> Wrong => new()
    {
        { new() { Port = 70_000 }, "Port must be 0 to 65535, not 70000." },
        { new() { ImagesPerMinute = 0 }, "ImagesPerMinute must be at least 1, not 0." },
        { new() { MaxInFlight = 0 }, "MaxInFlight must be at least 1, not 0." },
        { new() { LatencyTail = 2 }, "LatencyTail must be 0 to 1, not 2." },
        { new() { ApiKey = " " }, "ApiKey must not be blank; leave it null to take any key." },
        { new() { OutputBytes = 10 }, "OutputBytes must be 1024 to 67108864, not 10." },
        { new() { ImagesPerMinute = 5, LimitWindow = TimeSpan.FromSeconds(1) }, "LimitWindow of 1 s leaves less than one of ImagesPerMinute 5; widen the window." },
        { new() { TokenRules = new() { AutoQuality = "best" } }, "TokenRules.AutoQuality must be low, medium or high, not 'best'." },
    };

    [Theory]
    [MemberData(nameof(Wrong))]
    public async Task StartAsync_OptionOutOfRange_SaysWhich(SimulatorOptions options, string problem)
    {
        options.FindProblems().ShouldBe([problem]);
        var failure = await Should.ThrowAsync<ArgumentException>(() => SimulatorServer.StartAsync(options, Simulation.Token));
        failure.Message.ShouldStartWith(problem);
    }
}
