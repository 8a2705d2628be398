using System.Text.Json.Nodes;
using Darkroom.Simulator.Pictures;

namespace Darkroom.Simulator.Tests.Requests;

public sealed class FormEditTests
{
    private static MultipartFormDataContent Form(string model, params (string Name, string Value)[] fields)
    {
        var form = new MultipartFormDataContent
        {
            { new StringContent(model), "model" },
            { new StringContent("Make it blue"), "prompt" },
            { new ByteArrayContent(ShopCatalogue.Find("mug.png")!), "image", "mug.png" },
        };
        foreach (var (name, value) in fields)
        {
            form.Add(new StringContent(value), name);
        }

        return form;
    }

    [Fact]
    public async Task DallE2_ByDefault_AnswersUrlsWithoutUsage()
    {
        await using var simulation = await Simulation.StartAsync();
        using var answer = await simulation.Client.PostAsync(simulation.At("/v1/images/edits"), Form("dall-e-2", ("n", "2"), ("size", "256x256")), Simulation.Token);
        var body = JsonNode.Parse(await answer.Content.ReadAsStringAsync(Simulation.Token))!.AsObject();
        body.Select(m => m.Key).ShouldBe(["created", "data"]);
        var file = await simulation.Client.GetByteArrayAsync(new Uri(body["data"]![1]!["url"]!.GetValue<string>()), Simulation.Token);
        PngFile.Read(file).Width.ShouldBe(256);
        simulation.Server.Account.Billed.Single().UsageJson.ShouldBeNull();
        simulation.Server.Account.Billed.Single().N.ShouldBe(2);
    }

    [Fact]
    public async Task DallE2_Base64AskedFor_AnswersIt()
    {
        await using var simulation = await Simulation.StartAsync();
        using var form = Form("dall-e-2", ("response_format", "b64_json"));
        using var answer = await simulation.Client.PostAsync(simulation.At("/v1/images/edits"), form, Simulation.Token);
        var body = JsonNode.Parse(await answer.Content.ReadAsStringAsync(Simulation.Token))!;
        PngFile.Read(Simulation.ImageOf(body)).Height.ShouldBe(1024);
    }

    [Theory]
    [InlineData("dall-e-2", "output_format", "png", "unknown_parameter")]
    [InlineData("dall-e-2", "size", "1536x1024", "invalid_value")]
    [InlineData("gpt-image-1", "n", "two", "invalid_type")]
    public async Task Form_FieldWrong_IsRefused(string model, string name, string value, string code)
    {
        await using var simulation = await Simulation.StartAsync();
        using var answer = await simulation.Client.PostAsync(simulation.At("/v1/images/edits"), Form(model, (name, value)), Simulation.Token);
        ((int)answer.StatusCode).ShouldBe(400);
        JsonNode.Parse(await answer.Content.ReadAsStringAsync(Simulation.Token))!["error"]!["code"]!.GetValue<string>().ShouldBe(code);
    }
}
