using Darkroom.Jobs.Batches;
using Darkroom.Jobs.Editing;
using Darkroom.Jobs.Manifests;
using Darkroom.Jobs.Reuse;
using Darkroom.Jobs.Schedules;
using Darkroom.Jobs.Sources;
using Darkroom.Jobs.Throttling;

namespace Darkroom.Jobs.Tests.Schedules;

/// <summary>The template's JSON is stored: an API.</summary>
public sealed class BatchTemplateTests
{
    private static readonly NewBatch Batch = new("b-1", "given", new BatchDefaults("p", EditOptions.Parse("""{"quality":"high","n":2}"""), new Dictionary<string, string>(StringComparer.Ordinal) { ["a"] = "b" })
    {
        Images = ["/i.png"],
        Mask = "/m.png",
        OutputTemplate = OutputTemplate.Parse("{batch}/{id}_{n}.{ext}", "b-1", new DateOnly(2026, 11, 22)),
    })
    {
        Priority = 7,
        OnUnknown = OnUnknown.Hold,
        MaxAttempts = 3,
        MaxCostUsd = 12.5m,
        Reuse = ReuseMode.Earlier,
        ProbeEvery = TimeSpan.FromMinutes(15),
        DeleteUploads = true,
        FetchedBy = FetchedBy.Worker,
        WebhookUrl = "https://hook.example/",
        Caps = new BatchCaps(20, 4),
        Hours = new BatchHours(new TimeOnly(22, 0), new TimeOnly(6, 0), "Europe/Berlin"),
    };

    [Fact]
    public void ToJson_Always_IsAsPinned() => BatchTemplate.Of(Batch, "n", 20).ToJson().ShouldBe(
        """{"name":"n","prompt":"p","options":{"n":2,"quality":"high"},"tags":{"a":"b"},"images":["/i.png"],"mask":"/m.png","priority":7,"on_unknown":"hold","max_attempts":3,"max_cost_usd":12.5,"canary":20,"reuse":"earlier","probe_every":"00:15:00","delete_uploads":true,"fetched_by":"worker","webhook_url":"https://hook.example/","caps":{"images_per_minute":20,"max_in_flight":4},"hours":{"from":"22:00:00","to":"06:00:00","zone":"Europe/Berlin"},"output_name":"{batch}/{id}_{n}.{ext}"}""");

    [Fact]
    public void ToBatch_OfParsed_IsTheSameBatch()
    {
        var made = BatchTemplate.Parse(BatchTemplate.Of(Batch, null, 20).ToJson()).ToBatch("b-2", "nightly 2026-11-23", new DateOnly(2026, 11, 23));

        (made.Id, made.Name).ShouldBe(("b-2", "nightly 2026-11-23"));
        (made with { Id = "b-1", Name = "given", Defaults = Batch.Defaults, Estimate = Batch.Estimate, Canary = Batch.Canary }).ShouldBe(Batch);
        (made.Defaults.Prompt, made.Defaults.Options, made.Defaults.Mask).ShouldBe(("p", Batch.Defaults.Options, "/m.png"));
        made.Defaults.Images.ShouldBe(["/i.png"]);
        made.Defaults.OutputTemplate.ShouldNotBeNull().Template.ShouldBe("{batch}/{id}_{n}.{ext}");
        made.Defaults.Tags.ShouldBe(Batch.Defaults.Tags);
    }

    [Fact]
    public void Parse_OfAnOlderVersion_HasTheDefaults()
    {
        var template = BatchTemplate.Parse("{}");
        (template.Priority, template.MaxAttempts, template.Reuse, template.OnUnknown, template.FetchedBy).ShouldBe((5, 5, ReuseMode.Earlier, OnUnknown.Retry, FetchedBy.Service));
    }
}
