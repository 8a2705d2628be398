using Darkroom.Jobs.Batches;

namespace Darkroom.Worker.Tests.Sources;

/// <summary>dall-e-2: a form, bytes, no usage, a price per image, answers by address or inline. Its shutdown is taken out by a book of one's own.</summary>
public sealed class FormTests
{
    [Fact]
    public async Task Run_DallE2FromEveryKindOfSource_IsEditedAndPricedPerImage()
    {
        await using var world = await WorldAsync();
        var path = await world.TakeAsync("mug.png");
        var inline = $"data:image/png;base64,{Convert.ToBase64String(await File.ReadAllBytesAsync(path))}";
        await world.TakeAsync("mug-mask.png");

        var (status, results) = await world.RunAsync(
        [
            """{"id":"local","image":"mug.png","mask":"mug-mask.png","prompt":"p","options":{"model":"dall-e-2","size":"256x256"}}""",
            $$"""{"id":"inline","image":"{{inline}}","prompt":"p","options":{"model":"dall-e-2","size":"512x512","n":2} }""",
            $$"""{"id":"web","image":"{{world.Root}}catalogue/mug.png","prompt":"p","options":{"model":"dall-e-2","extra":{"response_format":"b64_json"} } }""",
        ]);

        (status.Batch.State, status.Items.Succeeded).ShouldBe((BatchState.Completed, 3));
        // $0.016 + 2 × $0.018 + $0.020, as in model-book.json.
        (status.CostUsd, status.UnconfirmedUsd, status.Unpriced, status.Tokens.Total).ShouldBe((0.072m, 0m, 0, 0));
        results.Select(r => (r.Key, r.Outputs.Count, r.CostUsd)).ShouldBe([("local", 1, 0.016m), ("inline", 2, 0.036m), ("web", 1, 0.020m)]);
        results.SelectMany(r => r.Outputs).Select(o => o.Sha256).Order(StringComparer.Ordinal)
            .ShouldBe(world.Simulator.Account.Billed.SelectMany(b => b.ImageSha256).Order(StringComparer.Ordinal));
        results[0].Outputs[0].ShouldSatisfyAllConditions(o => o.Width.ShouldBe(256), o => o.Format.ShouldBe("png"));
        world.Simulator.Account.Billed.Select(b => b.Sources[0]).ShouldAllBe(name => name.StartsWith("sha256:"));
    }

    [Fact]
    public async Task Run_DallE2WithASourceThatIsNotThere_IsRejectedAsASourceAndNothingIsBilled()
    {
        await using var world = await WorldAsync();

        var (status, results) = await world.RunAsync([$$"""{"image":"{{world.Root}}catalogue/nothing.png","prompt":"p","options":{"model":"dall-e-2"} }"""]);

        (status.Items.Rejected, status.CostUsd, status.UnconfirmedUsd).ShouldBe((1, 0m, 0m));
        (results[0].Error!.Class, results[0].Error!.Code).ShouldBe(("source", "source_not_fetched"));
        world.Simulator.Account.Summary.Requests.ShouldBe(0);
    }

    [Theory]
    [InlineData("""{"image":{"file_id":"file-1"},"prompt":"p","options":{"model":"dall-e-2"}}""", "images[0]: is an uploaded file's id")]
    [InlineData("""{"image":"https://x.test/a.png","prompt":"p","options":{"model":"dall-e-2","size":"1536x1024"}}""", "options.size: 1536x1024 is not a size that dall-e-2 makes")]
    [InlineData("""{"image":"https://x.test/a.png","prompt":"p","options":{"model":"dall-e-2","stream":true}}""", "options.stream: dall-e-2 doesn't take stream")]
    public async Task Run_WhatDallE2DoesNotTake_IsRefusedBeforeAnythingIsSent(string line, string reason)
    {
        await using var world = await WorldAsync();
        (await Should.ThrowAsync<Jobs.Manifests.InvalidManifestException>(() => world.RunAsync([line]))).Problems[0].ToString().ShouldContain(reason);
    }

    private static async Task<SourceWorld> WorldAsync()
    {
        var world = await SourceWorld.CreateAsync();
        var book = Path.Combine(world.Folder, "book.json");
        await File.WriteAllTextAsync(book, """{"models":[{"name":"dall-e-2","shutdown":null}]}""");
        world.Set("Models:Book", book);
        world.Set("Sources:AllowedHosts:0", "127.0.0.1");
        return world;
    }
}
