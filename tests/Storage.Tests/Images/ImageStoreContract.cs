using Darkroom.Jobs.Outputs;

namespace Darkroom.Storage.Tests.Images;

/// <summary>What every image store promises. Each fact works in a batch of its own, so that the stores may be shared.</summary>
public abstract class ImageStoreContract : PartialImageContract
{
    private static readonly byte[] Small = Pictures.Png(1024, 1536, 70_000);

    [Fact]
    public async Task CommitAsync_OneImage_MakesItVisibleWithWhatItIs()
    {
        var stored = await StoreAsync(Place(), Metadata(7, 1), Small);

        stored.ShouldBe([new StoredImage(0, $"{Batch}/mugs/SKU-1-1.png", 70_000, Hash(Small), "png", 1024, 1536)]);
        (await VisibleAsync()).ShouldBe([$"{Batch}/mugs/SKU-1-1.png"]);
        (await ReadAsync(stored[0].Path)).ShouldBe(Small);
    }

    [Fact]
    public async Task OpenAsync_BeforeTheCommit_NothingIsVisible()
    {
        var large = Pictures.Png(4096, 4096, 9_000_000);
        await using var sink = Store.OpenSink(Place());
        await WriteAsync(sink, 0, Small);
        await WriteAsync(sink, 1, large);

        (await VisibleAsync()).ShouldBeEmpty();
        (await Store.OpenReadAsync(Place().PathOf(0), Cancel)).ShouldBeNull();
        (await Store.FindAsync(Place(), 7, Cancel)).ShouldBeNull();
        await sink.CommitAsync(Metadata(7, 2), Cancel);
        (await VisibleAsync()).ShouldBe([Place().PathOf(0), Place().PathOf(1)], ignoreOrder: true);
    }

    [Fact]
    public async Task DisposeAsync_WithoutACommit_LeavesNothing()
    {
        await using (var sink = Store.OpenSink(Place()))
        {
            await WriteAsync(sink, 0, Small);
            var open = await sink.OpenAsync(1, Cancel);
            await open.WriteAsync(Pictures.Png(10, 10, 5_000_000), Cancel);
        }

        (await VisibleAsync()).ShouldBeEmpty();
        (await Store.FindAsync(Place(), 7, Cancel)).ShouldBeNull();
        (await StoreAsync(Place(), Metadata(8, 1), Small)).Count.ShouldBe(1);
    }

    [Fact]
    public async Task CommitAsync_TwiceOnOneSink_ReadsAsSuccess()
    {
        await using var sink = Store.OpenSink(Place());
        await WriteAsync(sink, 0, Small);
        var once = await sink.CommitAsync(Metadata(7, 1), Cancel);

        (await sink.CommitAsync(Metadata(7, 1), Cancel)).ShouldBe(once);
    }

    [Fact]
    public async Task CommitAsync_SameAttemptAgain_ReadsAsSuccessWithWhatIsThere()
    {
        var first = await StoreAsync(Place(), Metadata(7, 2), Small, Pictures.Png(2, 3, 5_000_000));

        var again = await StoreAsync(Place(), Metadata(7, 2), Small, Pictures.Png(2, 3, 5_000_000));

        again.ShouldBe(first);
        (await ReadAsync(first[1].Path)).Length.ShouldBe(5_000_000);
    }

    [Fact]
    public async Task CommitAsync_SameAttemptThatGotHalfWay_CompletesIt()
    {
        var second = Pictures.Png(20, 30, 1000, seed: 2);
        await StoreAsync(Place(), Metadata(7, 2), Small, second);
        await RemoveAsync(Place().PathOf(0));

        var stored = await StoreAsync(Place(), Metadata(7, 2), Small, second);

        stored.Select(image => image.Sha256).ShouldBe([Hash(Small), Hash(second)]);
        (await ReadAsync(stored[0].Path)).ShouldBe(Small);
        (await Store.FindAsync(Place(), 7, Cancel)).ShouldNotBeNull().Images.ShouldBe(stored);
    }

    [Theory]
    [InlineData(70_000)]
    [InlineData(5_000_000)]
    public async Task CommitAsync_AnotherAttemptsPlace_ThrowsAndLeavesItAlone(int bytes)
    {
        var theirs = Pictures.Png(1, 1, bytes);
        await StoreAsync(Place(), Metadata(7, 1), theirs);

        var refusal = await Should.ThrowAsync<ImageStoreException>(() => StoreAsync(Place(), Metadata(8, 1), Pictures.Png(2, 2, bytes)));

        refusal.Message.ShouldBe($"{Place().PathOf(0)} is taken: it belongs to attempt 7.");
        (await ReadAsync(Place().PathOf(0))).ShouldBe(theirs);
        (await Store.FindAsync(Place(), 8, Cancel)).ShouldBeNull();
    }

    [Fact]
    public async Task CommitAsync_LaterAttemptOfTheItem_HasAPlaceOfItsOwn()
    {
        await StoreAsync(Place(), Metadata(7, 1), Small);

        var stored = await StoreAsync(Place() with { Attempt = 2 }, Metadata(8, 1), Small);

        stored[0].Path.ShouldBe($"{Batch}/mugs/SKU-1-1.2.png");
        (await VisibleAsync()).Count.ShouldBe(2);
    }

    [Fact]
    public async Task FindAsync_AfterTheCommit_GivesTheSameImagesAndUsage()
    {
        var pictures = Enumerable.Range(1, 10).Select(seed => Pictures.Png(seed, 2 * seed, 3000 + seed, seed)).ToArray();
        var metadata = Metadata(long.MaxValue, 10);
        var stored = await StoreAsync(Place(), metadata, pictures);

        var found = (await Store.FindAsync(Place(), long.MaxValue, Cancel)).ShouldNotBeNull();

        found.Images.ShouldBe(stored);
        found.Images.Select(image => image.Sha256).ShouldBe(pictures.Select(Hash));
        found.Metadata.ShouldBe(metadata);
    }

    [Fact]
    public async Task FindAsync_WhatTheEditWasOf_ComesBack()
    {
        var metadata = new OutputMetadata(7, null, 1, null) { EditKey = Guid.NewGuid(), SourceVersion = Guid.NewGuid() };
        await StoreAsync(Place(), metadata, Small);

        (await Store.FindAsync(Place(), 7, Cancel)).ShouldNotBeNull().Metadata.ShouldBe(metadata);
    }

    [Fact]
    public async Task FindAsync_WithoutUsageOrRequestId_GivesNulls()
    {
        await StoreAsync(Place(), new OutputMetadata(7, null, 1, null), Small);

        (await Store.FindAsync(Place(), 7, Cancel)).ShouldNotBeNull().Metadata.ShouldBe(new OutputMetadata(7, null, 1, null));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    public async Task FindAsync_AnImageIsMissing_IsNull(int missing)
    {
        await StoreAsync(Place(), Metadata(7, 3), Small, Small, Small);
        await RemoveAsync(Place().PathOf(missing));

        (await Store.FindAsync(Place(), 7, Cancel)).ShouldBeNull();
    }

    [Fact]
    public async Task FindAsync_AnotherAttempts_IsNull()
    {
        await StoreAsync(Place(), Metadata(7, 1), Small);

        (await Store.FindAsync(Place(), 8, Cancel)).ShouldBeNull();
    }

    [Fact]
    public async Task FindAsync_NothingThere_IsNull() => (await Store.FindAsync(Place(), 7, Cancel)).ShouldBeNull();

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(128 * 1024)]
    [InlineData(4 * 1024 * 1024)]
    [InlineData(8 * 1024 * 1024)]
    [InlineData(20_000_000)]
    public async Task CommitAsync_AnyLength_ReadsBackByteForByte(int bytes)
    {
        var picture = new byte[bytes];
        new Random(bytes).NextBytes(picture);

        var stored = await StoreAsync(Place(), Metadata(7, 1), picture);

        stored[0].ShouldBe(new StoredImage(0, Place().PathOf(0), bytes, Hash(picture), "unknown", null, null));
        (await ReadAsync(stored[0].Path)).AsSpan().SequenceEqual(picture).ShouldBeTrue();
        (await Store.FindAsync(Place(), 7, Cancel)).ShouldNotBeNull().Images.ShouldBe(stored);
    }

    [Theory]
    [InlineData(1000)]
    [InlineData(9_000_000)]
    public async Task CommitAsync_OtherFormatThanAskedFor_PathSaysWhatTheBytesAreAndRecoveryFindsThem(int bytes)
    {
        var jpeg = Pictures.Jpeg(30, 20, bytes);

        var stored = await StoreAsync(Place(), Metadata(7, 2), jpeg, Small);

        stored.Select(image => (image.Path, image.Format, image.Width, image.Height))
            .ShouldBe([($"{Batch}/mugs/SKU-1-1.jpg", "jpeg", 30, 20), ($"{Batch}/mugs/SKU-1-2.png", "png", 1024, 1536)]);
        (await VisibleAsync()).ShouldBe(stored.Select(image => image.Path), ignoreOrder: true);
        (await ReadAsync(stored[0].Path)).AsSpan().SequenceEqual(jpeg).ShouldBeTrue();
        (await Store.FindAsync(Place(), 7, Cancel)).ShouldNotBeNull().Images.ShouldBe(stored);
        (await Store.FindAsync(Place(), 8, Cancel)).ShouldBeNull();
        (await StoreAsync(Place(), Metadata(7, 2), jpeg, Small)).ShouldBe(stored);
    }

    [Theory]
    [InlineData(20)]
    [InlineData(70_000)]
    [InlineData(9_000_000)]
    public async Task SetAsideAsync_WhatIsNoImage_IsKeptWhereRecoveryNeverLooks(int bytes)
    {
        var place = Place() with { Attempt = 2 };
        var noise = new byte[bytes];
        new Random(bytes).NextBytes(noise);
        string[] kept = [$"unreadable/{Batch}/mugs/SKU-1-1.2.bin", $"unreadable/{Batch}/mugs/SKU-1-2.2.bin"];

        await using (var sink = Store.OpenSink(place))
        {
            await WriteAsync(sink, 0, noise);
            await WriteAsync(sink, 1, Small);
            (await sink.SetAsideAsync(Cancel)).ShouldBe(kept);
        }

        (await VisibleAsync()).Where(path => !path.StartsWith(AttemptPlace.AsideRoot, StringComparison.Ordinal)).ShouldBeEmpty();
        (await ReadAsync(kept[0])).AsSpan().SequenceEqual(noise).ShouldBeTrue();
        (await ReadAsync(kept[1])).ShouldBe(Small);
        (await Store.FindAsync(place, 7, Cancel)).ShouldBeNull();
        (await StoreAsync(place, Metadata(8, 1), Small)).Count.ShouldBe(1);
    }

    [Theory]
    [InlineData("tassen/größe-画像-🦊")]
    [InlineData("a b/100%/c#d?e&f=g+h")]
    [InlineData("dots..inside/.hidden")]
    public async Task CommitAsync_UnusualName_IsKept(string name)
    {
        var stored = await StoreAsync(Place(name), Metadata(7, 1), Small);

        stored[0].Path.ShouldBe($"{Batch}/{name}-1.png");
        (await VisibleAsync()).ShouldBe([stored[0].Path]);
        (await ReadAsync(stored[0].Path)).ShouldBe(Small);
        (await Store.FindAsync(Place(name), 7, Cancel)).ShouldNotBeNull().Images.ShouldBe(stored);
    }

    [Theory]
    [InlineData(70_000)]
    [InlineData(5_000_000)]
    public async Task CommitAsync_ManyAttemptsAtOnePlace_OneWins(int bytes)
    {
        var commits = Enumerable.Range(1, 6)
            .Select(attempt => Task.Run(() => StoreAsync(Place(), Metadata(attempt, 2), Pictures.Png(attempt, 1, bytes, attempt), Pictures.Png(attempt, 2, bytes, attempt))))
            .ToArray();
        var ended = await Task.WhenAll(commits.Select(commit => commit.ContinueWith(task => task, TaskScheduler.Default)));

        var winner = await ended.Where(commit => commit.IsCompletedSuccessfully).ShouldHaveSingleItem();
        ended.Where(commit => commit.IsFaulted).ShouldAllBe(commit => commit.Exception!.InnerException is ImageStoreException);
        var found = (await Store.FindAsync(Place(), winner[0].Width!.Value, Cancel)).ShouldNotBeNull();
        found.Images.ShouldBe(winner);
        foreach (var image in winner) Hash(await ReadAsync(image.Path)).ShouldBe(image.Sha256);
    }

    [Fact]
    public async Task CommitAsync_OneAttemptManyTimesAtOnce_AllSucceed()
    {
        var commits = await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => Task.Run(() => StoreAsync(Place(), Metadata(7, 2), Small, Small))));

        commits.ShouldAllBe(stored => stored.SequenceEqual(commits[0]));
        (await VisibleAsync()).Count.ShouldBe(2);
    }

    [Fact]
    public async Task CommitAsync_OtherNumberOfImages_IsABug()
    {
        await using var sink = Store.OpenSink(Place());
        await WriteAsync(sink, 0, Small);

        await Should.ThrowAsync<InvalidOperationException>(() => sink.CommitAsync(Metadata(7, 2), Cancel));
        (await VisibleAsync()).ShouldBeEmpty();
    }

    [Fact]
    public async Task CommitAsync_ImageStillOpen_IsABug()
    {
        await using var sink = Store.OpenSink(Place());
        await using var open = await sink.OpenAsync(0, Cancel);

        await Should.ThrowAsync<InvalidOperationException>(() => sink.CommitAsync(Metadata(7, 1), Cancel));
        (await VisibleAsync()).ShouldBeEmpty();
    }

    [Theory]
    [InlineData("../escape")]
    [InlineData("a/../../escape")]
    [InlineData("a//b")]
    [InlineData("a/./b")]
    [InlineData("a\\b")]
    [InlineData("a\0b")]
    public async Task OpenSink_PathThatLeavesTheStore_IsRefused(string name)
    {
        Should.Throw<ArgumentException>(() => Store.OpenSink(Place(name)));
        await Should.ThrowAsync<ArgumentException>(() => Store.FindAsync(Place(name), 7, Cancel));
        (await Store.OpenReadAsync(Place(name).PathOf(0), Cancel)).ShouldBeNull();
    }

    [Theory]
    [InlineData("")]
    [InlineData("/etc/passwd")]
    [InlineData("../../etc/passwd")]
    [InlineData(".meta/x.json")]
    [InlineData("nowhere/to-be-found.png")]
    public async Task OpenReadAsync_NoImage_IsNull(string path) => (await Store.OpenReadAsync(path, Cancel)).ShouldBeNull();

    [Fact]
    public async Task CheckAsync_StoreThatWorks_LeavesNothing()
    {
        await Store.CheckAsync(Cancel);

        (await VisibleAsync()).ShouldBeEmpty();
    }

    [Fact]
    public async Task CheckAsync_StoreThatCannotBeWritten_Throws() =>
        (await Should.ThrowAsync<ImageStoreException>(() => Failing.CheckAsync(Cancel))).Message.ShouldContain(Failing.Location);

    [Fact]
    public async Task CommitAsync_StoreThatCannotBeWritten_Throws() => await Should.ThrowAsync<ImageStoreException>(async () =>
    {
        await using var sink = Failing.OpenSink(Place());
        await WriteAsync(sink, 0, Small);
        await sink.CommitAsync(Metadata(7, 1), Cancel);
    });

    [Fact]
    public async Task FindAsync_StoreThatCannotBeRead_ThrowsRatherThanSayingNothingIsThere() =>
        await Should.ThrowAsync<ImageStoreException>(() => Failing.FindAsync(Place(), 7, Cancel));
}
