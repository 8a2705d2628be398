using System.Globalization;
using Darkroom.Worker.Engines;

namespace Darkroom.Worker.Tests.Engines.Quartz;

public sealed class QuartzEngineTests() : EngineContract(EngineKinds.Quartz)
{
    [Fact]
    public async Task EnqueueLaneAsync_Always_StoresPinnedNamesAndTheIdOnly()
    {
        await using var node = CreateNode();
        await node.Engine.EnqueueLaneAsync(4711, 7, CancellationToken.None);

        (await QueryAsync("""
            select job_class_name || '|' || j.job_name || '|' || trigger_name || '|' || trigger_group || '|' || requests_recovery || '|' || is_durable
            from quartz.qrtz_triggers join quartz.qrtz_job_details j using (sched_name, job_name, job_group)
            """)).ShouldBe("Darkroom.Worker.Engines.Quartz.WorkBatch, darkroom|work-batch|4711|lanes|true|true");
        (await QueryAsync("select convert_from(t.job_data, 'UTF8') from quartz.qrtz_triggers t")).ShouldBe("""{"lane":"4711"}""");
    }

    [Fact]
    public async Task EnqueueLaneAsync_Twice_KeepsOne()
    {
        await using var node = CreateNode();
        await node.Engine.EnqueueLaneAsync(5, 7, CancellationToken.None);
        await node.Engine.EnqueueLaneAsync(5, 7, CancellationToken.None);
        (await QueryAsync("select count(*)::text from quartz.qrtz_triggers")).ShouldBe("1");
    }

    [Fact]
    public async Task PutScheduleAsync_Always_StoresPinnedNamesAndTheNameOnly()
    {
        await using var node = CreateNode();
        await node.Engine.PutScheduleAsync(new("nightly", "0 2 * * *", "Europe/Berlin"), CancellationToken.None);

        (await QueryAsync("""
            select job_class_name || '|' || j.job_name || '|' || trigger_name || '|' || trigger_group || '|' || cron_expression || '|' || time_zone_id
            from quartz.qrtz_triggers join quartz.qrtz_job_details j using (sched_name, job_name, job_group)
            join quartz.qrtz_cron_triggers using (sched_name, trigger_name, trigger_group)
            """)).ShouldBe("Darkroom.Worker.Engines.Quartz.FireSchedule, darkroom|fire-schedule|nightly|schedules|0 0 2 * * ?|Europe/Berlin");
        (await QueryAsync("select convert_from(t.job_data, 'UTF8') from quartz.qrtz_triggers t")).ShouldBe("""{"schedule":"nightly"}""");
    }

    private protected override string PostponeScheduleByDaysSql(string name, int days) => string.Create(
        CultureInfo.InvariantCulture,
        $"update quartz.qrtz_triggers set next_fire_time = next_fire_time + {days} * {TimeSpan.TicksPerDay} where trigger_name = '{name}'");
}
