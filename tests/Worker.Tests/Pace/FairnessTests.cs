using Darkroom.Worker.Tests.Processes;

namespace Darkroom.Worker.Tests.Pace;

public sealed class FairnessTests
{
    private const int Catalogue = 20_000;

    [Fact]
    public async Task Batches_BesideAnEndlessOne_FinishWithinTheirShare()
    {
        await using var world = await PaceWorld.CreateAsync(TimeSpan.FromMilliseconds(100));
        world.Environment["Limits__Default__ImagesPerMinute"] = "2400";
        await world.StartWorkersAsync(1);
        var large = await world.SubmitRowsAsync("Large", Catalogue, "--yes");
        await Poll.UntilAsync(() => world.Billed("Large") >= 50, "the large batch to be under way");

        var small = await world.SubmitRowsAsync("Small", 10);
        (await world.RunAsync("watch", small)).ShouldExit(0);
        // One for one, but for starts that were reserved before: of the large one's thousands only some have begun from the small one's first call to its last.
        (await CallsBetweenAsync(large, small)).ShouldBeLessThanOrEqualTo(150);
        (await PendingAsync(large)).ShouldBeGreaterThan(Catalogue / 2);

        // Sixteen to one: with equal shares it would be as many as the urgent batch has, and in turn it would be all that is left.
        var urgent = await world.SubmitRowsAsync("Urgent", 150, "--priority", "9");
        (await world.RunAsync("watch", urgent)).ShouldExit(0);
        (await CallsBetweenAsync(large, urgent)).ShouldBeLessThanOrEqualTo(100);
        (await PendingAsync(large)).ShouldBeGreaterThan(Catalogue / 2);

        Task<long> CallsBetweenAsync(string of, string batch) => world.CountAsync(
            $"select count(*) from attempt a, (select min(id) as first, max(id) as last from attempt where batch_id = '{batch}') b where a.batch_id = '{of}' and a.id between b.first and b.last");

        Task<long> PendingAsync(string batch) => world.CountAsync($"select count(*) from item where batch_id = '{batch}' and state = 'pending'");
    }

    [Fact]
    public async Task Models_OfAGroupThatIsExhausted_HoldNobodyElseUp()
    {
        await using var world = await PaceWorld.CreateAsync(TimeSpan.FromMilliseconds(50));
        // One in fifty minutes.
        world.Environment["Limits__gpt-image__ImagesPerMinute"] = "0.02";
        world.Environment["Worker__MaxInFlight"] = "4";
        // The first forty of the manifest wait, more than there are places.
        string Row(int number) => $$"""
            {"id":"i-{{number}}","image":"https://shop.example/catalogue/mug.png?row={{number}}","prompt":"{{(number < 40 ? "Waits" : "Runs")}}","options":{"model":"{{(number < 40 ? "gpt-image-2" : "house-model")}}"} }
            """;
        world.Folder.Write("mixed.jsonl", string.Join('\n', Enumerable.Range(0, 80).Select(Row)));
        await world.StartWorkersAsync(1);

        (await world.RunAsync("submit", "mixed.jsonl", "--size", "1024x1024", "--quality", "low")).ShouldExit(0);
        await Poll.UntilAsync(() => world.Billed("Runs") == 40, "all calls of the group that has room");

        world.Billed("Waits").ShouldBe(1);
        (await world.CountAsync("select count(*) from item where state = 'pending'")).ShouldBe(39);
    }
}
