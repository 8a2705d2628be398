using Darkroom.Jobs.Batches;

namespace Darkroom.Worker.Tests.Sources;

public sealed class StreamTests
{
    private const string Line = """{"id":"a","image":"https://shop.example/mug.png","prompt":"p","options":{"stream":true,"partial_images":2,"quality":"low","size":"1024x1024"}}""";

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Run_StreamWithPartials_StoresTheFinalImageAndThePartialsIfAsked(bool keep)
    {
        await using var world = await SourceWorld.CreateAsync(settings: ("Storage:KeepPartials", keep.ToString()));

        var (status, results) = await world.RunAsync([Line]);

        status.Batch.State.ShouldBe(BatchState.Completed);
        results[0].Outputs.ShouldHaveSingleItem().Sha256.ShouldBe(world.Simulator.Account.Billed[0].ImageSha256[0]);
        // 196 for a low square, and 100 for each partial image (docs/endpoint.md, Tokens).
        results[0].Tokens.OutputImage.ShouldBe(396);
        var names = Directory.EnumerateFiles(Path.Combine(world.Images, status.Batch.Id), "*.png").Select(Path.GetFileName).Order(StringComparer.Ordinal);
        names.ShouldBe(keep ? ["a-1.partial1.png", "a-1.partial2.png", "a-1.png"] : ["a-1.png"]);
    }

    [Fact]
    public async Task Run_StreamThatFailsInTheMiddle_IsTriedAgainAndLeavesOneAttemptsImages()
    {
        await using var world = await SourceWorld.CreateAsync(settings: ("Storage:KeepPartials", "true"));
        world.Simulator.SetFaults(new() { StreamError = 0.5 });

        var (status, results) = await world.RunAsync(Enumerable.Range(0, 8).Select(i => Line.Replace("\"a\"", $"\"a{i}\"", StringComparison.Ordinal).Replace("\"p\"", $"\"p{i}\"", StringComparison.Ordinal)));

        status.Items.Succeeded.ShouldBe(8);
        results.Sum(r => r.Attempts).ShouldBeGreaterThan(8);
        world.Simulator.Account.Billed.Count.ShouldBe(8);
        Directory.EnumerateFiles(Path.Combine(world.Images, status.Batch.Id), "*.png").Count().ShouldBe(24);
        results.SelectMany(r => r.Outputs).Select(o => o.Path).ShouldAllBe(path => !path.Contains("partial"));
    }
}
