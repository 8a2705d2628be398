using Darkroom.Simulator;
using Darkroom.Worker.Tests.Processes;
using Darkroom.Worker.Tests.Sources;
using Microsoft.Extensions.DependencyInjection;

namespace Darkroom.Worker.Tests.Faults;

public sealed class ClockTests
{
    [Fact]
    public async Task Workers_ClocksApartByHours_ShareABatchAsIfTheyWereOne()
    {
        // Room between what is let in and what is sent is for a machine that stalls, as in WorkerCommandTests.
        await using var world = await SourceWorld.CreateAsync(
            new SimulatorOptions { Latency = TimeSpan.FromMilliseconds(300), ImagesPerMinute = 1800, LimitWindow = TimeSpan.FromSeconds(4), OutputBytes = 2048 },
            ("Limits:Default:ImagesPerMinute", "1200"), ("Worker:MaxInFlight", "4"), ("Worker:LeaseTime", "00:00:05"));
        var hours = new Queue<double>([-6, 0, 6]);

        var (status, _) = await world.RunAsync(
            Enumerable.Range(1, 90).Select(number => CliWorld.Row($"item-{number}", $"Paint it {number}.")), processes: 3,
            change: services => services.AddSingleton<TimeProvider>(new ShiftedTime(TimeSpan.FromHours(hours.Dequeue()))));

        status.Items.Succeeded.ShouldBe(90);
        // A lease that looked over to another clock, or a start that seemed far off, would have shown: nobody took what another held, nobody was late.
        (await CountAsync("attempt where state <> 'succeeded'")).ShouldBe(0);
        (await CountAsync("attempt")).ShouldBe(90);
        (await CountAsync("attempt where abs(extract(epoch from started_at - clock_timestamp())) > 3600")).ShouldBe(0);
        (await CountAsync("process where lease_until > clock_timestamp() + interval '1 hour'")).ShouldBe(0);
        var processes = await CountAsync("(select distinct process_id from attempt) p");
        processes.ShouldBe(3);
        world.Simulator.Account.Summary.Throttled.ShouldBe(0);

        async Task<long> CountAsync(string rows)
        {
            await using var command = world.Database.DataSource.CreateCommand($"select count(*) from {rows}");
            return (long)(await command.ExecuteScalarAsync(TestContext.Current.CancellationToken))!;
        }
    }

    /// <summary>A clock that is wrong by so much, as a machine's can be; time passes at its pace.</summary>
    private sealed class ShiftedTime(TimeSpan shift) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => base.GetUtcNow() + shift;
    }
}
