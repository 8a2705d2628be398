using Darkroom.Jobs.Editing;
using Darkroom.Jobs.Manifests;
using Darkroom.Jobs.Models;
using Darkroom.Jobs.Throttling;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;

namespace Darkroom.Jobs.Tests.Models;

public sealed class ModelCheckTests
{
    private const string Service = "https://api.openai.com/v1";
    private const string Other = "http://127.0.0.1:18080/v1";

    [Theory]
    [InlineData("gpt-image-2", "{}", Service)]
    [InlineData("gpt-image-1", "{}", Other)]
    [InlineData("some-new-model", """{"quality":"never-heard-of"}""", Service)]
    public void Check_ItemThatFits_FindsNothing(string model, string options, string baseUrl) => Faults(model, options, baseUrl).ShouldBeEmpty();

    [Fact]
    public void Check_ModelShutDownAtTheService_IsAFaultOfTheModel()
    {
        var fault = Faults("gpt-image-1", "{}", Service).ShouldHaveSingleItem();
        fault.Field.ShouldBe("options.model");
        fault.Reason.ShouldContain("2026-10-23");
        fault.Reason.ShouldContain("gpt-image-2");
    }

    [Fact]
    public void Check_OptionThatTheModelRefuses_NamesTheOption() =>
        Faults("gpt-image-2", """{"size":"1000x1000"}""", Other).ShouldHaveSingleItem().Field.ShouldBe("options.size");

    [Fact]
    public void Check_MoreImagesThanTheLimitEverAllows_NamesTheLimit()
    {
        var limits = new LimitsOptions { ["gpt-image"] = new() { ImagesPerMinute = 5 } };
        var fault = Faults("gpt-image-2", """{"n":6}""", Other, limits).ShouldHaveSingleItem();
        fault.Field.ShouldBe("options.n");
        fault.Reason.ShouldContain("ImagesPerMinute of gpt-image is 5");
        Faults("gpt-image-2", """{"n":5}""", Other, limits).ShouldBeEmpty();
    }

    private static List<FieldFault> Faults(string model, string options, string baseUrl, LimitsOptions? limits = null)
    {
        var time = new FakeTimeProvider(new DateTimeOffset(2026, 11, 22, 12, 0, 0, TimeSpan.Zero));
        var check = new ModelCheck(ModelBook.BuiltIn, Options.Create(limits ?? []), Options.Create(new EndpointOptions { BaseUrl = baseUrl }), time);
        var merged = EditOptions.Parse(options).With("model", System.Text.Json.JsonSerializer.SerializeToElement(model));
        return [.. check.Check(new PlannedItem(0, "1", new EditInput([ImageReference.Url("https://a/1.png")], null), "p", merged, "1", new Dictionary<string, string>()))];
    }
}
