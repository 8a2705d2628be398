using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Darkroom.Simulator.Pictures;

namespace Darkroom.Simulator.Tests.Accounts;

public sealed class SimulatorAccountTests
{
    private static string Hash(byte[] bytes) => Convert.ToHexStringLower(SHA256.HashData(bytes));

    [Fact]
    public async Task Billed_Edit_TellsWhatWasAskedAndSent()
    {
        await using var simulation = await Simulation.StartAsync();
        var inline = ShopCatalogue.Find("hat.png")!;
        var urls = new[] { "https://shop.example/mug.png", "data:image/png;base64," + Convert.ToBase64String(inline) };
        using var answer = await simulation.EditAsync(Simulation.Body(("images", Simulation.Images(urls)), ("n", 2), ("quality", "low")));
        var body = JsonNode.Parse(await answer.Content.ReadAsStringAsync(Simulation.Token))!;
        var billed = simulation.Server.Account.Billed.Single();
        billed.Sequence.ShouldBe(1);
        billed.RequestId.ShouldBe(answer.Headers.GetValues("x-request-id").Single());
        (billed.Model, billed.Prompt, billed.N, billed.Delivered, billed.Mask).ShouldBe(("gpt-image-2", "Put it on white", 2, true, null));
        billed.PromptSha256.ShouldBe(Hash("Put it on white"u8.ToArray()));
        billed.Sources.ShouldBe([urls[0], $"sha256:{Hash(inline)}"]);
        billed.SourcesSha256.ShouldBe(Hash(Encoding.UTF8.GetBytes(string.Join('\n', billed.Sources))));
        billed.ImageSha256.ShouldBe([Hash(Simulation.ImageOf(body, 0)), Hash(Simulation.ImageOf(body, 1))]);
        billed.ImageSha256.Distinct().Count().ShouldBe(2);
        JsonNode.DeepEquals(JsonNode.Parse(billed.UsageJson!), body["usage"]).ShouldBeTrue();
    }

    [Fact]
    public async Task Http_AccountAndBilled_ReadLikeTheProperties()
    {
        await using var simulation = await Simulation.StartAsync();
        await simulation.EditOkAsync(("n", 2));
        await simulation.EditRefusedAsync(Simulation.Body(("n", 0)));
        var account = JsonNode.Parse(await simulation.Client.GetStringAsync(simulation.At("/simulator/account"), Simulation.Token))!;
        account["requests"]!.GetValue<int>().ShouldBe(2);
        account["billed"]!.GetValue<int>().ShouldBe(1);
        account["billed_images"]!.GetValue<int>().ShouldBe(2);
        account["delivered"]!.GetValue<int>().ShouldBe(1);
        account["refused"]!["integer_below_min_value"]!.GetValue<int>().ShouldBe(1);
        account["max_in_flight"]!.GetValue<int>().ShouldBe(1);
        var lines = (await simulation.Client.GetStringAsync(simulation.At("/simulator/account/billed"), Simulation.Token)).Split('\n');
        lines.Length.ShouldBe(2);
        var line = JsonNode.Parse(lines[0])!;
        line["sequence"]!.GetValue<int>().ShouldBe(1);
        line["delivered"]!.GetValue<bool>().ShouldBeTrue();
        line["usage"]!["total_tokens"]!.GetValue<int>().ShouldBeGreaterThan(0);
        line["image_sha256"]!.AsArray().Count.ShouldBe(2);
    }

    [Fact]
    public async Task Client_LeavesMidCall_IsBilledAllTheSame()
    {
        await using var simulation = await Simulation.StartAsync(new() { Latency = TimeSpan.FromMilliseconds(200), OutputBytes = 1 << 20 });
        using var leaving = CancellationTokenSource.CreateLinkedTokenSource(Simulation.Token);
        var edit = simulation.Client.PostAsync(
            simulation.At("/v1/images/edits"), new StringContent(Simulation.Body().ToJsonString(), null, "application/json"), leaving.Token);
        await Simulation.UntilAsync(() => simulation.Server.Account.Summary.AcceptedImages.Count > 0);

        await leaving.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(() => edit);
        await Simulation.UntilAsync(() => simulation.Server.Account.Summary.InFlight == 0);

        simulation.Server.Account.Billed.Single().Delivered.ShouldBeFalse();
    }
}
