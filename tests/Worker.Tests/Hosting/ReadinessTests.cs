using Darkroom.Worker.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Time.Testing;

namespace Darkroom.Worker.Tests.Hosting;

public sealed class ReadinessTests
{
    private readonly FakeTimeProvider _time = new();
    private readonly TaskCompletionSource _checked = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _checks;

    [Fact]
    public async Task Get_ManyAsk_OneCheckIsSharedAndHoldsForTenSeconds()
    {
        var readiness = Create();
        var askers = Enumerable.Range(0, 50).Select(_ => readiness.GetAsync()).ToList();
        _checked.SetResult();
        await Task.WhenAll(askers);
        _checks.ShouldBe(1);

        _time.Advance(TimeSpan.FromSeconds(9));
        await readiness.GetAsync();
        _checks.ShouldBe(1);
        _time.Advance(TimeSpan.FromSeconds(1));
        await readiness.GetAsync();
        _checks.ShouldBe(2);
    }

    [Fact]
    public async Task Get_CheckThatNeverEnds_IsUnhealthyInTheEnd()
    {
        var readiness = Create();
        var report = readiness.GetAsync();

        _time.Advance(TimeSpan.FromSeconds(20));

        (await report.WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken)).Status.ShouldBe(HealthStatus.Unhealthy);
    }

    private Readiness Create()
    {
        var services = new ServiceCollection();
        services.AddLogging();
        services.AddHealthChecks().AddAsyncCheck("store", async () =>
        {
            Interlocked.Increment(ref _checks);
            await _checked.Task;
            return HealthCheckResult.Healthy();
        }, [Readiness.Tag]);
        return new Readiness(services.BuildServiceProvider().GetRequiredService<HealthCheckService>(), _time);
    }
}
