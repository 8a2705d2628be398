namespace Darkroom.Worker.Tests.Pace;

public sealed class IdleTests(ITestOutputHelper output)
{
    private const int Window = 20;

    [Fact]
    public async Task Worker_WithNothingToDo_MakesFewerThanTwoStatementsASecond()
    {
        await using var world = await PaceWorld.CreateAsync(TimeSpan.Zero);
        await using var tap = new StatementTap(world.Database.Server);
        world.ReachDatabaseBy(tap.Port);
        await world.StartWorkersAsync(1);
        tap.Statements.ShouldBeGreaterThan(10);

        // The first window still has something of the start, and what comes once a minute is in one of three. Whoever polls hot does so in all of them.
        var counts = new List<long>();
        do
        {
            var before = tap.Statements;
            await Task.Delay(TimeSpan.FromSeconds(Window), TestContext.Current.CancellationToken);
            counts.Add(tap.Statements - before);
        }
        while (counts[^1] >= 2 * Window && counts.Count < 4);

        output.WriteLine($"{string.Join(", ", counts)} statements in {Window} s each");
        counts[^1].ShouldBeInRange(1, (2 * Window) - 1);
    }
}
