using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Darkroom.Worker.Tests.Processes;

namespace Darkroom.Worker.Tests.Webhooks;

/// <summary>Webhooks by the real program.</summary>
public sealed class WebhookCommandTests
{
    private const string Secret = "planted-webhook-secret";

    [Fact]
    public async Task Run_Ends_TellsConfiguredAndOwnAddressSignedAndWithoutLeakingEither()
    {
        await using var world = await CliWorld.CreateAsync();
        await using var hooks = await HookReceiver.StartAsync();
        Configure(world, hooks);

        var run = await world.RunAsync("run", world.WriteManifest(2), "--size", "1024x1024", "--quality", "low", "--webhook", $"{hooks.Address}/hook/own-planted", "--deadline", "4h", "--json");
        run.ShouldExit(0);

        hooks.Received.Count.ShouldBe(2);
        hooks.Received.Select(one => one.Delivery).Distinct().Count().ShouldBe(2);
        foreach (var (_, kind, signature, body) in hooks.Received)
        {
            kind.ShouldBe("batch.ended");
            ShouldBeSigned(signature, body);
            var json = JsonNode.Parse(body)!;
            (json["event"]!.GetValue<string>(), json["state"]!.GetValue<string>(), json["items"]!["succeeded"]!.GetValue<long>(), json["late"]!.GetValue<bool>()).ShouldBe(("batch.ended", "completed", 2, false));
        }

        run.Json["late"]!.GetValue<bool>().ShouldBeFalse();
        var listed = (await world.RunAsync("webhook", "list", "--json")).ShouldExit(0);
        listed.Json.AsArray().Select(line => line!["state"]!.GetValue<string>()).ShouldBe(["delivered", "delivered"]);
        (run.Out + run.Error + listed.Out + listed.Error).ShouldNotContain("planted");
    }

    [Fact]
    public async Task Worker_ReceiverRefusesFirst_DeliversTheSameAgain()
    {
        await using var world = await CliWorld.CreateAsync();
        await using var hooks = await HookReceiver.StartAsync(refusals: 1);
        Configure(world, hooks);
        var batch = await world.SubmitAsync();
        (await world.RunAsync("cancel", batch)).ShouldExit(0);

        world.StartWorker();
        await Poll.UntilAsync(() => !hooks.Received.IsEmpty, "the first attempt");
        await Poll.UntilAsync(async () => await world.CountAsync("update webhook_delivery set next_at = now() where last_status = 503 and state = 'pending' returning 1") > 0, "its refusal");
        await Poll.UntilAsync(async () => await world.CountAsync("select count(*) from webhook_delivery where state = 'delivered'") == 1, "the delivery");

        var received = hooks.Received.ToArray();
        received.Length.ShouldBe(2);
        received[1].Delivery.ShouldBe(received[0].Delivery);
        received[1].Body.ShouldBe(received[0].Body);
    }

    [Theory]
    [InlineData("run")]
    [InlineData("worker")]
    public async Task SecondSignal_ReceiverIsSilent_EndsAtOnceAndTheDeliveryStays(string command)
    {
        await using var world = await CliWorld.CreateAsync();
        using var receiver = new SilentReceiver();
        world.Environment["Webhooks__0__Url"] = $"{receiver.Address}/hook";
        world.Environment["Webhooks__Secret"] = Secret;
        world.Environment["Sources__AllowedHosts__0"] = new Uri(receiver.Address).Authority;
        var process = command == "run" ? world.Start("run", world.WriteManifest(1), "--size", "1024x1024", "--quality", "low") : world.StartWorker();
        if (command == "worker") (await world.RunAsync("cancel", await world.SubmitAsync(1))).ShouldExit(0);
        await receiver.UntilCalledAsync();

        // Signals that come before the first one is noticed are one; so they go on coming until the process has ended, long before the receiver's 15 s.
        await Poll.UntilAsync(
            async () =>
            {
                try
                {
                    await process.SignalAsync("TERM");
                }
                catch (ShouldAssertException) when (process.HasExited)
                {
                    // Nobody is there to take it any more.
                }

                return process.HasExited;
            },
            "the end");
        await process.WaitAsync();
        // Had it waited, it would have noted that nobody answered within 15 s.
        (await world.TextAsync("select string_agg(state || coalesce(': ' || last_error, ''), '; ') from webhook_delivery")).ShouldBe("pending");
    }

    [Fact]
    public async Task Test_AddressesOfEveryKind_SaysWhatCameOfIt()
    {
        await using var world = await CliWorld.CreateAsync();
        await using var hooks = await HookReceiver.StartAsync();
        (await world.RunAsync("webhook", "test")).ShouldExit(2).Error.ShouldContain("No webhook is configured");
        Configure(world, hooks);

        (await world.RunAsync("webhook", "test")).ShouldExit(0).Out.ShouldContain("delivered (HTTP 204)");
        var (_, kind, signature, body) = hooks.Received.ShouldHaveSingleItem();
        kind.ShouldBe("webhook.test");
        ShouldBeSigned(signature, body);
        (await world.RunAsync("webhook", "test", $"{hooks.Address}/nowhere", "--json")).ShouldExit(1).Json[0]!["status"]!.GetValue<int>().ShouldBe(404);

        world.Environment.Remove("Sources__AllowedHosts__0");
        var refused = (await world.RunAsync("webhook", "test")).ShouldExit(1);
        refused.Out.ShouldContain("loopback address");
        refused.Out.ShouldNotContain("planted");
        hooks.Received.Count.ShouldBe(1);
    }

    private static void Configure(CliWorld world, HookReceiver hooks)
    {
        world.Environment["Webhooks__0__Url"] = $"{hooks.Address}/hook/configured-planted";
        world.Environment["Webhooks__Secret"] = Secret;
        world.Environment["Sources__AllowedHosts__0"] = new Uri(hooks.Address).Authority;
    }

    // As docs/api.md tells receivers to do it.
    private static void ShouldBeSigned(string signature, byte[] body)
    {
        var parts = signature.Split(',').Select(part => part.Split('=')).ToDictionary(part => part[0], part => part[1], StringComparer.Ordinal);
        byte[] signed = [.. Encoding.UTF8.GetBytes($"{parts["t"]}."), .. body];
        parts["v1"].ShouldBe(Convert.ToHexStringLower(HMACSHA256.HashData(Encoding.UTF8.GetBytes(Secret), signed)));
    }
}
