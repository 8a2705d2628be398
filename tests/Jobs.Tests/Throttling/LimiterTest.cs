using Darkroom.Jobs.Editing;
using Darkroom.Jobs.Running;
using Darkroom.Jobs.Tests.Running;
using Darkroom.Jobs.Throttling;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;
using NSubstitute;

namespace Darkroom.Jobs.Tests.Throttling;

/// <summary>What tests of the limiter have to hand.</summary>
public abstract class LimiterTest
{
    private protected ScriptedLimitStore Store { get; } = new();

    private protected FakeTimeProvider Time { get; } = new();

    private protected WorkerOptions WorkerOptions { get; } = new();

    private protected BreakerOptions Breaker { get; } = new() { Unproven = 0 };

    private protected LimitsOptions Limits { get; } = new() { ["g"] = new GroupLimits { ImagesPerMinute = 60, MaxInFlight = 5 } };

    private protected static CancellationToken Cancel => TestContext.Current.CancellationToken;

    // In small steps, so that what waits for less comes first.
    private protected Task AdvanceUntilAsync(Func<bool> condition) => Wait.UntilAsync(() =>
    {
        if (condition()) return true;
        Time.Advance(TimeSpan.FromMilliseconds(50));
        Thread.Yield();
        return condition();
    });

    private protected Limiter Limiter()
    {
        var processes = Substitute.For<IProcessStore>();
        processes.RegisterAsync(default, default, default).ReturnsForAnyArgs(42);
        var process = new WorkerProcess(processes, Options.Create(new WorkerOptions()), Time, NullLogger<WorkerProcess>.Instance);
        process.RegisterAsync(takesBatches: true, CancellationToken.None).GetAwaiter().GetResult();
        return new Limiter(
            Store, process, Options.Create(Limits), Options.Create(WorkerOptions), Options.Create(new EndpointOptions()), Options.Create(Breaker), new Redactor(), Time, NullLogger<Limiter>.Instance);
    }
}
