using Darkroom.Worker.Engines;
using Darkroom.Worker.Engines.Hangfire;
using Hangfire;

namespace Darkroom.Worker.Tests.Engines.Hangfire;

public class HangfireServicesTests
{
    [Fact]
    public void StorageOptions_Defaults_FollowTheMeasuredFacts()
    {
        var options = HangfireServices.StorageOptions(new EngineTimings());
        options.SchemaName.ShouldBe("hangfire");
        options.UseSlidingInvisibilityTimeout.ShouldBeTrue();
        options.InvisibilityTimeout.ShouldBe(TimeSpan.FromSeconds(60));
        options.QueuePollInterval.ShouldBe(TimeSpan.FromSeconds(15));
        options.DistributedLockTimeout.ShouldBe(TimeSpan.FromMinutes(1));
        options.EnableLongPolling.ShouldBeFalse();
        options.AllowDegradedModeWithoutStorage.ShouldBeFalse();
    }

    // Such a lock is deleted after a while though its holder lives: two lanes would then run where one was meant to.
    [Theory]
    [InlineData(typeof(WorkBatch))]
    [InlineData(typeof(FireSchedule))]
    public void Jobs_Always_HoldNoDistributedLock(Type job) =>
        job.GetMethods().SelectMany(method => method.GetCustomAttributes(inherit: true)).Concat(job.GetCustomAttributes(inherit: true)).OfType<DisableConcurrentExecutionAttribute>().ShouldBeEmpty();

    [Theory]
    [InlineData(typeof(WorkBatch))]
    [InlineData(typeof(FireSchedule))]
    public void Retries_OfEachJob_AreThoseOfAllEngines(Type job)
    {
        var retry = (AutomaticRetryAttribute)job.GetCustomAttributes(typeof(AutomaticRetryAttribute), inherit: false).ShouldHaveSingleItem();
        retry.Attempts.ShouldBe(EngineRetries.Attempts);
        retry.DelaysInSeconds.ShouldBe(EngineRetries.DelaysInSeconds);
    }
}
