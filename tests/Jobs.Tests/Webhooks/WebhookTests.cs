using System.Text;
using Darkroom.Jobs.Batches;
using Darkroom.Jobs.Deadlines;
using Darkroom.Jobs.Webhooks;
using Microsoft.Extensions.Configuration;

namespace Darkroom.Jobs.Tests.Webhooks;

/// <summary>What receivers see is an API.</summary>
public sealed class WebhookTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 23, 1, 2, 3, TimeSpan.Zero);
    private static readonly Guid Id = Guid.Parse("11111111-2222-3333-4444-555555555555");

    [Fact]
    public void Signature_Always_IsHmacOfTimeAndBody() =>
        // printf '1795395723.{"a":1}' | openssl dgst -sha256 -hmac 0123456789abcdef
        WebhookSignature.Create("0123456789abcdef", Now, Encoding.UTF8.GetBytes("""{"a":1}""")).ShouldBe(
            "t=1795395723,v1=64501b5c2ad83c74ab7967447065dd62063f1e553a01781f8984b2118d88ff94");

    [Fact]
    public void Names_OfHeaders_AreAsPinned() =>
        (WebhookSignature.Header, WebhookSender.DeliveryHeader, WebhookSender.EventHeader).ShouldBe(("Darkroom-Signature", "Darkroom-Delivery", "Darkroom-Event"));

    [Fact]
    public void Payload_OfABatch_IsAsPinned()
    {
        var happened = new WebhookEvent(Id, WebhookEvent.BatchHalted, Now, "b-1", "nightly", "halted", "budget", "Too much.", null);
        var batch = new Batch("b-1", "nightly 2026-11-23", BatchState.Running, null, null, 5, Now.AddHours(-1), null);
        var status = new BatchStatus(batch, new ItemCounts(1, 2, 3, 4, 5, 6, 7, 8), default, 0.1234m, 0.5m, 3) { EstimatedUsd = 0.1m };
        var forecast = new BatchForecast("b-1", BatchState.Running, Now, null, 3, 21, Now.AddMinutes(-10), Now.AddHours(1), null, null);

        WebhookPayload.Of(happened, status, forecast).ShouldBe("""
            {"id":"11111111-2222-3333-4444-555555555555","event":"batch.halted","at":"2026-11-23T01:02:03Z","schedule":"nightly","batch":"b-1","name":"nightly 2026-11-23",
            "state":"halted","reason":"budget","detail":"Too much.","created_at":"2026-11-23T00:02:03Z","finished_at":null,"deadline":"2026-11-23T02:02:03Z",
            "finish_estimate":"2026-11-23T01:03:33Z","late":false,
            "items":{"total":36,"pending":1,"sending":2,"succeeded":3,"reused":4,"rejected":5,"failed":6,"held":7,"canceled":8},"cost_usd":"0.1234","estimated_usd":"0.1000","unconfirmed_usd":"0.5000","unpriced_calls":3}
            """.ReplaceLineEndings(""));
    }

    [Fact]
    public void Payload_OfAFailedRunAndATest_IsAsPinned()
    {
        WebhookPayload.Of(new WebhookEvent(Id, WebhookEvent.ScheduleFailed, Now, null, "nightly", "failed", null, "Gone.", null), null, null).ShouldBe(
            """{"id":"11111111-2222-3333-4444-555555555555","event":"schedule.failed","at":"2026-11-23T01:02:03Z","schedule":"nightly","state":"failed","detail":"Gone."}""");
        WebhookPayload.OfTest(Id, Now).ShouldBe("""{"id":"11111111-2222-3333-4444-555555555555","event":"webhook.test","at":"2026-11-23T01:02:03Z"}""");
    }

    [Fact]
    public void Backoff_Always_GrowsOverADayAndEnds()
    {
        var waits = Enumerable.Range(1, 11).Select(attempts => WebhookBackoff.After(attempts).ShouldNotBeNull()).ToList();
        waits.ShouldBe(waits.Order());
        waits[0].ShouldBe(TimeSpan.FromSeconds(10));
        waits.Aggregate((a, b) => a + b).ShouldBeInRange(TimeSpan.FromHours(24), TimeSpan.FromHours(26));
        WebhookBackoff.After(12).ShouldBeNull();
        WebhookDispatcher.Hold.ShouldBeGreaterThan(WebhookSender.Patience);
    }

    [Theory]
    [InlineData("https://hook.example/secret-path?token=1", "https://hook.example/…")]
    [InlineData("http://127.0.0.1:8080", "http://127.0.0.1:8080")]
    [InlineData("nothing", "(no address)")]
    public void Shown_Address_EndsWithItsHost(string url, string shown) => WebhookSender.Shown(url).ShouldBe(shown);

    [Fact]
    public void Options_Unset_AreNone()
    {
        var options = Read();
        options.Targets.ShouldBeEmpty();
        options.SecretFor("https://a.example/").ShouldBeNull();
        Faults(options).ShouldBeEmpty();
    }

    [Fact]
    public void Options_Targets_HaveTheirOwnSecretOrThatOfAll()
    {
        var options = Read(("0:Url", "https://a.example/"), ("0:Secret", "secret-of-a-123456"), ("1:Url", "https://b.example/"), ("Secret", "secret-of-all-123456"));
        options.Targets.Select(target => target.Url).ShouldBe(["https://a.example/", "https://b.example/"]);
        options.SecretFor("https://a.example/").ShouldBe("secret-of-a-123456");
        options.SecretFor("https://b.example/").ShouldBe("secret-of-all-123456");
        options.SecretFor("https://of-a-batch.example/").ShouldBe("secret-of-all-123456");
        Faults(options).ShouldBeEmpty();
    }

    [Fact]
    public void Options_SecretInAFile_IsRead()
    {
        var file = Path.GetTempFileName();
        try
        {
            File.WriteAllText(file, "secret-in-a-file-1\n");
            var options = Read(("0:Url", "https://a.example/"), ("0:SecretFile", file));
            Faults(options).ShouldBeEmpty();
            options.SecretFor("https://a.example/").ShouldBe("secret-in-a-file-1");
        }
        finally
        {
            File.Delete(file);
        }
    }

    [Theory]
    [InlineData("Webhooks:0:Url: must be an http or https address.", "nowhere", "secret-of-a-123456")]
    [InlineData("Webhooks:0:Url: is neither http nor https.", "ftp://a.example/", "secret-of-a-123456")]
    [InlineData("Webhooks:0:Url: has a user name or password in it.", "https://me:planted@a.example/", "secret-of-a-123456")]
    [InlineData("Webhooks:0:Secret: must hold at least 16 characters.", "https://a.example/", "planted")]
    [InlineData("Webhooks:0:Secret: must be set, or SecretFile, or Webhooks:Secret for all.", "https://a.example/", null)]
    public void Validate_Wrong_SaysWhereWithoutTheSecret(string fault, string url, string? secret)
    {
        var found = Faults(Read(("0:Url", url), ("0:Secret", secret))).ShouldHaveSingleItem();
        found.ShouldBe(fault);
        found.ShouldNotContain("planted");
    }

    private static WebhooksOptions Read(params (string Key, string? Value)[] settings)
    {
        var section = new ConfigurationBuilder()
            .AddInMemoryCollection(settings.Select(setting => KeyValuePair.Create($"Webhooks:{setting.Key}", setting.Value))).Build().GetSection("Webhooks");
        var options = new WebhooksOptions { Secret = section["Secret"], SecretFile = section["SecretFile"] };
        options.ReadTargets(section);
        return options;
    }

    private static IReadOnlyList<string> Faults(WebhooksOptions options) => [.. new WebhooksOptionsValidator().Validate(null, options).Failures ?? []];
}
