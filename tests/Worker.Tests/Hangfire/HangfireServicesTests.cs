using Darkroom.Jobs.Running;
using Darkroom.Worker.Hangfire;
using Hangfire;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using Npgsql;

namespace Darkroom.Worker.Tests.Hangfire;

public sealed class HangfireServicesTests
{
    [Fact]
    public void StorageOptions_Defaults_FollowTheMeasuredFacts()
    {
        var options = HangfireServices.StorageOptions(new HangfireTimings());
        options.SchemaName.ShouldBe("hangfire");
        options.UseSlidingInvisibilityTimeout.ShouldBeTrue();
        options.InvisibilityTimeout.ShouldBe(TimeSpan.FromSeconds(60));
        options.QueuePollInterval.ShouldBe(TimeSpan.FromSeconds(15));
        options.DistributedLockTimeout.ShouldBe(TimeSpan.FromMinutes(1));
        options.EnableLongPolling.ShouldBeFalse();
        options.AllowDegradedModeWithoutStorage.ShouldBeFalse();
    }

    [Fact]
    public void AddHangfireJobs_Always_OrdersTheShutdownTimes()
    {
        var services = new ServiceCollection();
        var (worker, timings) = (new WorkerOptions(), new HangfireTimings());
        services.AddHangfireJobs("Host=127.0.0.1", worker, timings);
        using var provider = services.BuildServiceProvider();

        (timings.SchedulePollInterval, timings.StopTimeout, timings.ShutdownTimeout).ShouldBe((TimeSpan.FromSeconds(60), TimeSpan.FromMilliseconds(500), TimeSpan.FromSeconds(15)));
        var host = provider.GetRequiredService<IOptions<HostOptions>>().Value.ShutdownTimeout;
        host.ShouldBeGreaterThan(timings.ShutdownTimeout);
        host.ShouldBeGreaterThan(worker.DrainTime);
    }

    // Such a lock is deleted after a while though its holder lives: two jobs would then run where one was meant to.
    [Theory]
    [InlineData(typeof(EditBatch))]
    [InlineData(typeof(FireSchedule))]
    [InlineData(typeof(Upkeep))]
    public void Jobs_Always_HoldNoDistributedLock(Type job) =>
        job.GetMethods().SelectMany(method => method.GetCustomAttributes(inherit: true)).Concat(job.GetCustomAttributes(inherit: true)).OfType<DisableConcurrentExecutionAttribute>().ShouldBeEmpty();

    [Theory]
    [InlineData(typeof(EditBatch))]
    [InlineData(typeof(FireSchedule))]
    public void Retries_OfEachJob_GrowAndStay(Type job)
    {
        var retry = (AutomaticRetryAttribute)job.GetCustomAttributes(typeof(AutomaticRetryAttribute), inherit: false).ShouldHaveSingleItem();
        retry.Attempts.ShouldBe(10);
        retry.DelaysInSeconds.ShouldBe([1, 5, 15, 30, 60]);
    }

    [Fact]
    public void Queues_Always_ArePinnedTheMostUrgentFirstInTheAlphabet()
    {
        JobQueues.Batches.ShouldBe(["batch-0", "batch-1", "batch-2", "batch-3", "batch-4", "batch-5", "batch-6", "batch-7", "batch-8", "batch-9"]);
        Enumerable.Range(0, 10).Reverse().Select(JobQueues.Of).ShouldBe(JobQueues.Batches);
    }

    [Theory]
    [InlineData("00:00:10", "*/1 * * * *")]
    [InlineData("00:05:00", "*/5 * * * *")]
    [InlineData("01:00:00", "0 */1 * * *")]
    [InlineData("01:30:00", "0 */2 * * *")]
    [InlineData("1.00:00:00", "0 0 * * *")]
    public void Upkeep_Interval_IsRoundedUpToWhatCronCanSay(string interval, string cron) =>
        Upkeep.CronOf(TimeSpan.Parse(interval, System.Globalization.CultureInfo.InvariantCulture)).ShouldBe(cron);

    [Theory]
    [InlineData("", 30)]
    [InlineData(";Maximum Pool Size=200", 30)]
    [InlineData(";Maximum Pool Size=7", 7)]
    public void Connections_AnyConnectionString_HaveACappedPool(string pool, int most)
    {
        using var source = HangfireConnections.CreateDataSource($"Host=127.0.0.1;Application Name=mine{pool}");
        var settings = new NpgsqlConnectionStringBuilder(source.ConnectionString);
        (settings.MaxPoolSize, settings.ApplicationName, settings.SearchPath).ShouldBe((most, "darkroom-hangfire", null));
    }
}
