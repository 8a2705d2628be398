using Darkroom.Jobs.Running;
using Darkroom.Worker.Engines;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace Darkroom.Worker.Tests.Engines;

public class EngineOptionsTests
{
    [Fact]
    public void Kind_Unset_IsTheFirstOneBuilt()
    {
        new EngineOptions().Kind.ShouldBe(EngineKinds.Built[0]);
        EngineKinds.Built.ShouldContain("quartz");
        if (EngineKinds.Built.Count == 2) EngineKinds.Built.ShouldBe(["hangfire", "quartz"]);
    }

    [Fact]
    public void Validate_BuiltKinds_Passes()
    {
        foreach (var kind in EngineKinds.Built) new EngineOptionsValidator().Validate(null, new EngineOptions { Kind = kind }).Succeeded.ShouldBeTrue();
    }

    [Fact]
    public void Validate_OtherKind_NamesKeyValueAndWhatThereIs() =>
        new EngineOptionsValidator().Validate(null, new EngineOptions { Kind = "cron" }).FailureMessage
            .ShouldBe($"Engine:Kind: 'cron' isn't an engine of this build; it has {string.Join(" and ", EngineKinds.Built)}.");

    [Fact]
    public void Timings_Defaults_ArePinned() => new EngineTimings().ShouldBe(new EngineTimings
    {
        PollInterval = TimeSpan.FromSeconds(15),
        SchedulePollInterval = TimeSpan.FromSeconds(60),
        InvisibilityTimeout = TimeSpan.FromSeconds(60),
        CheckinInterval = TimeSpan.FromSeconds(20),
        CheckinGrace = TimeSpan.FromSeconds(30),
        StopTimeout = TimeSpan.FromMilliseconds(500),
        ShutdownTimeout = TimeSpan.FromSeconds(15),
    });

    [Fact]
    public void AddJobEngine_AnyKind_OrdersTheShutdownTimes()
    {
        var services = new ServiceCollection();
        var worker = new WorkerOptions();
        services.AddJobEngine(new EngineOptions(), "Host=127.0.0.1", worker);
        using var provider = services.BuildServiceProvider();

        var timings = new EngineTimings();
        timings.StopTimeout.ShouldBeLessThan(timings.ShutdownTimeout);
        var host = provider.GetRequiredService<IOptions<HostOptions>>().Value.ShutdownTimeout;
        host.ShouldBeGreaterThan(timings.ShutdownTimeout);
        host.ShouldBeGreaterThan(worker.DrainTime);
    }

    [Fact]
    public void AddJobEngine_OtherKind_Throws() => Should.Throw<ArgumentException>(
        () => new ServiceCollection().AddJobEngine(new EngineOptions { Kind = "cron" }, "Host=127.0.0.1", new WorkerOptions())).Message.ShouldContain("Engine:Kind: 'cron'");

    [Fact]
    public void Retries_Delays_GrowAndStay() =>
        EngineRetries.Delays.Select(delay => delay.TotalSeconds).ShouldBe([1, 5, 15, 30, 60, 60, 60, 60, 60, 60]);
}
