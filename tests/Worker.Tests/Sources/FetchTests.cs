using Darkroom.Jobs.Batches;
using Darkroom.Jobs.Sources;

namespace Darkroom.Worker.Tests.Sources;

public sealed class FetchTests
{
    [Fact]
    public async Task Run_FetchedByTheWorker_SendsWhatItGotAndUploadsWhatManyShare()
    {
        await using var world = await SourceWorld.CreateAsync(settings: ("Sources:AllowedHosts:0", "127.0.0.1"));
        var rows = Enumerable.Range(0, 10).Select(i => $$"""{"image":"{{world.Root}}catalogue/mug.png?v={{i}}","mask":"{{world.Root}}catalogue/mug-mask.png","prompt":"p"}""");

        var (status, _) = await world.RunAsync(rows, fetchedBy: FetchedBy.Worker);

        (status.Batch.State, status.Items.Succeeded).ShouldBe((BatchState.Completed, 10));
        var mask = $"file:{(await world.UploadedAsync()).ShouldHaveSingleItem()}";
        world.Simulator.Account.Billed.ShouldAllBe(edit => edit.Sources[0].StartsWith("sha256:") && edit.Mask == mask);
    }

    [Fact]
    public async Task Run_FetchedByTheWorkerFromInside_IsRejectedAndNothingIsBilled()
    {
        await using var world = await SourceWorld.CreateAsync();

        var (status, results) = await world.RunAsync([$$"""{"image":"{{world.Root}}catalogue/mug.png?sig=planted","prompt":"p"}"""], fetchedBy: FetchedBy.Worker);

        (status.Items.Rejected, status.CostUsd, world.Simulator.Account.Billed.Count).ShouldBe((1, 0m, 0));
        results[0].Error!.ShouldSatisfyAllConditions(
            error => error.Code.ShouldBe(DownloadFault.Refused), error => error.Message.ShouldContain("loopback"), error => error.Message.ShouldNotContain("planted"));
    }
}
