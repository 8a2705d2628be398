using System.Net;
using Darkroom.Jobs.Batches;
using Darkroom.Simulator;

namespace Darkroom.Worker.Tests.Sources;

public sealed class UploadTests
{
    [Fact]
    public async Task Run_FileOfManyItemsInTwoProcesses_IsUploadedOnceAndNamedByAll()
    {
        await using var world = await SourceWorld.CreateAsync(new SimulatorOptions { Latency = TimeSpan.FromMilliseconds(20) });
        await world.TakeAsync("mug.png");
        await world.TakeAsync("mug-mask.png");

        var (status, results) = await world.RunAsync(Masked(40), processes: 2);

        (status.Batch.State, status.Items.Succeeded).ShouldBe((BatchState.Completed, 40));
        results.ShouldAllBe(r => r.Attempts == 1);
        var files = (await world.UploadedAsync()).Select(id => $"file:{id}").ToList();
        files.Count.ShouldBe(2);
        world.Simulator.Account.Billed.Count.ShouldBe(40);
        world.Simulator.Account.Billed.ShouldAllBe(edit => files.Contains(edit.Mask!) && edit.Sources.Count == 1 && files.Contains(edit.Sources[0]));
        (await world.UploadedAsync("state")).ShouldBe(["ready", "ready"]);
        files.Select(f => f[^2..]).ShouldBe(["01", "02"], ignoreOrder: true, "the service was given two files and no more");
    }

    [Fact]
    public async Task Run_FileOfFewItems_IsSentInline()
    {
        await using var world = await SourceWorld.CreateAsync();
        await world.TakeAsync("mug.png");
        await world.TakeAsync("mug-mask.png");

        var (status, _) = await world.RunAsync(Masked(7));

        status.Items.Succeeded.ShouldBe(7);
        (await world.UploadedAsync()).ShouldBeEmpty();
        world.Simulator.Account.Billed.ShouldAllBe(edit => edit.Mask!.StartsWith("sha256:"));
    }

    [Fact]
    public async Task Run_FileTooLargeForADataUrl_IsUploaded()
    {
        await using var world = await SourceWorld.CreateAsync();
        var jpeg = await File.ReadAllBytesAsync(await world.TakeAsync("mug.jpg"));
        await File.WriteAllBytesAsync(Path.Combine(world.Folder, "camera.png"), [.. jpeg, .. new byte[16_000_000]]);

        var (status, _) = await world.RunAsync(["""{"image":"camera.png","prompt":"p"}"""]);

        status.Items.Succeeded.ShouldBe(1);
        world.Simulator.Account.Billed[0].Sources.ShouldBe([$"file:{(await world.UploadedAsync())[0]}"]);
    }

    [Fact]
    public async Task Run_FileGoneAtTheService_IsUploadedAgainAndSpendsNoAttempt()
    {
        await using var world = await SourceWorld.CreateAsync();
        await world.TakeAsync("mug.png");
        await world.TakeAsync("mug-mask.png");
        await world.RunAsync(Masked(8));
        var first = await world.UploadedAsync();
        foreach (var id in first) (await world.FileAsync(HttpMethod.Delete, id)).ShouldBe(HttpStatusCode.OK);

        var (status, results) = await world.RunAsync(Masked(12));

        (status.Batch.State, status.Items.Succeeded).ShouldBe((BatchState.Completed, 12));
        results.ShouldAllBe(r => r.Attempts == 1 && r.Error == null);
        (await world.UploadedAsync()).Intersect(first).ShouldBeEmpty();
        world.Simulator.Account.Billed.Count.ShouldBe(20);
    }

    [Theory]
    [InlineData(true, HttpStatusCode.NotFound)]
    [InlineData(false, HttpStatusCode.OK)]
    public async Task Run_BatchEnds_DeletesItsUploadsIfAsked(bool delete, HttpStatusCode after)
    {
        await using var world = await SourceWorld.CreateAsync();
        await world.TakeAsync("mug.png");
        await world.TakeAsync("mug-mask.png");

        await world.RunAsync(Masked(9), deleteUploads: delete);

        // The simulator counts its files from one.
        foreach (var number in (int[])[1, 2]) (await world.FileAsync(HttpMethod.Get, $"file-{number:D24}")).ShouldBe(after);
        (await world.UploadedAsync()).Count.ShouldBe(delete ? 0 : 2);
    }

    [Fact]
    public async Task Run_MaskOfAnotherSize_IsRefusedBeforeAnythingIsSent()
    {
        await using var world = await SourceWorld.CreateAsync();
        await world.TakeAsync("mug.png");
        var mask = await File.ReadAllBytesAsync(await world.TakeAsync("mug-mask.png"));
        System.Buffers.Binary.BinaryPrimitives.WriteInt32BigEndian(mask.AsSpan(16), 256);
        await File.WriteAllBytesAsync(Path.Combine(world.Folder, "mug-mask.png"), mask);

        var refusal = await Should.ThrowAsync<Jobs.Manifests.InvalidManifestException>(() => world.RunAsync(Masked(2)));

        refusal.Problems[0].ToString().ShouldContain("mask: has 256x512 pixels, and the first image 512x512; they must be the same");
        world.Simulator.Account.Summary.Requests.ShouldBe(0);
    }

    [Fact]
    public async Task Run_KeyRefusedByTheFilesApi_HaltsAndSpendsNothing()
    {
        await using var world = await SourceWorld.CreateAsync(new SimulatorOptions { ApiKey = "sk-right-0123456789" });
        await world.TakeAsync("mug.png");
        await world.TakeAsync("mug-mask.png");

        var (status, results) = await world.RunAsync(Masked(8));

        (status.Batch.State, status.Batch.Reason).ShouldBe((BatchState.Halted, "key_refused"));
        results.ShouldAllBe(r => r.Attempts == 0);
        world.Simulator.Account.Summary.Requests.ShouldBe(0, "no edit was tried");
    }

    private static IEnumerable<string> Masked(int count) => Enumerable.Range(1, count).Select(i => $$"""{"id":"{{i}}","image":"mug.png","mask":"mug-mask.png","prompt":"p {{i}}"}""");
}
