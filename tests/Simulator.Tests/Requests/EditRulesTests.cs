using System.Text.Json.Nodes;

namespace Darkroom.Simulator.Tests.Requests;

public sealed class EditRulesTests
{
    private const string Png = """[{"image_url":"https://shop.example/mug.png"}]""";

    [Theory]
    [InlineData("prompt", null, "missing_required_parameter", "prompt")]
    [InlineData("prompt", "\"\"", "empty_string", "prompt")]
    [InlineData("prompt", "7", "invalid_type", "prompt")]
    [InlineData("images", null, "missing_required_parameter", "images")]
    [InlineData("images", "[]", "empty_array", "images")]
    [InlineData("images", "{}", "invalid_type", "images")]
    [InlineData("images", """[{}]""", "invalid_value", "images[0]")]
    [InlineData("images", """["x"]""", "invalid_type", "images[0]")]
    [InlineData("images", """[{"image_url":"https://a/b","file_id":"c"}]""", "invalid_value", "images[0]")]
    [InlineData("images", """[{"image_url":"ftp://a/b"}]""", "invalid_value", "images[0].image_url")]
    [InlineData("images", """[{"image_url":7}]""", "invalid_type", "images[0].image_url")]
    [InlineData("images", """[{"image_url":"https://a/b","detail":"x"}]""", "unknown_parameter", "images[0].detail")]
    [InlineData("images", """[{"image_url":"data:text/plain;base64,AAAA"}]""", "invalid_value", "images[0].image_url")]
    [InlineData("mask", """{}""", "invalid_value", "mask")]
    [InlineData("image", "\"x\"", "unknown_parameter", "image")]
    [InlineData("response_format", "\"url\"", "unknown_parameter", "response_format")]
    [InlineData("n", "0", "integer_below_min_value", "n")]
    [InlineData("n", "11", "integer_above_max_value", "n")]
    [InlineData("n", "\"2\"", "invalid_type", "n")]
    [InlineData("n", "1.5", "invalid_type", "n")]
    [InlineData("stream", "\"yes\"", "invalid_type", "stream")]
    [InlineData("partial_images", "4", "integer_above_max_value", "partial_images")]
    [InlineData("quality", "\"best\"", "invalid_value", "quality")]
    [InlineData("quality", "\"max\"", "invalid_value", "quality")]
    [InlineData("background", "\"blue\"", "invalid_value", "background")]
    [InlineData("moderation", "\"high\"", "invalid_value", "moderation")]
    [InlineData("output_format", "\"gif\"", "invalid_value", "output_format")]
    [InlineData("output_compression", "101", "integer_above_max_value", "output_compression")]
    [InlineData("output_compression", "50", "invalid_value", "output_compression")]
    [InlineData("input_fidelity", "\"high\"", "unsupported_parameter", "input_fidelity")]
    [InlineData("size", "\"big\"", "invalid_value", "size")]
    [InlineData("size", "\"1000x1000\"", "invalid_value", "size")]
    [InlineData("size", "\"3856x1024\"", "invalid_value", "size")]
    [InlineData("size", "\"3200x1024\"", "invalid_value", "size")]
    [InlineData("size", "\"512x512\"", "invalid_value", "size")]
    [InlineData("size", "\"3840x3840\"", "invalid_value", "size")]
    [InlineData("model", "\"dall-e-2\"", "invalid_value", "model")]
    public async Task Edit_MemberWrong_IsRefusedByCodeAndParam(string name, string? value, string code, string param)
    {
        await using var simulation = await Simulation.StartAsync();
        var (status, error) = await simulation.EditRefusedAsync(Simulation.Body((name, value is null ? null : JsonNode.Parse(value))));
        status.ShouldBe(400);
        error["code"]!.GetValue<string>().ShouldBe(code);
        error["param"]!.GetValue<string>().ShouldBe(param);
        error["type"]!.GetValue<string>().ShouldBe("invalid_request_error");
        simulation.Server.Account.Summary.Refused.ShouldBe(new Dictionary<string, long> { [code] = 1 });
        simulation.Server.Account.Billed.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("gpt-image-2", "size", "\"3840x2160\"")]
    [InlineData("gpt-image-2.6-sunburst", "quality", "\"max\"")]
    [InlineData("gpt-image-1", "input_fidelity", "\"high\"")]
    [InlineData("gpt-image-1-mini", "input_fidelity", "\"low\"")]
    [InlineData("some-other-model", "size", "\"1024x1024\"")]
    [InlineData("gpt-image-2", "output_compression", "100")]
    [InlineData("gpt-image-2", "user", "\"me\"")]
    [InlineData("gpt-image-2", "moderation", "\"low\"")]
    [InlineData("gpt-image-2", "mask", """{"image_url":"https://shop.example/mug-mask.png"}""")]
    public async Task Edit_MemberRightForItsModel_IsTaken(string model, string name, string value)
    {
        await using var simulation = await Simulation.StartAsync();
        var answer = await simulation.EditOkAsync(("model", model), (name, JsonNode.Parse(value)));
        PngFile.Read(Simulation.ImageOf(answer)).Width.ShouldBeGreaterThanOrEqualTo(1024);
    }

    [Theory]
    [InlineData("gpt-image-1", "size", "\"1008x1008\"", "Invalid value: '1008x1008'. Supported values are: '1024x1024', '1536x1024', '1024x1536', and 'auto'.")]
    [InlineData("gpt-image-1-mini", "input_fidelity", "\"high\"", "Invalid value: 'high'. Supported values are: 'low'.")]
    [InlineData("gpt-image-2", "nonsense", "1", "Unknown parameter: 'nonsense'.")]
    [InlineData("gpt-image-2", "n", "11", "Invalid 'n': integer above maximum value. Expected a value <= 10, but got 11 instead.")]
    public async Task Edit_Refusal_HasTheServicesWords(string model, string name, string value, string message)
    {
        await using var simulation = await Simulation.StartAsync();
        var (_, error) = await simulation.EditRefusedAsync(Simulation.Body(("model", model), (name, JsonNode.Parse(value))));
        error["message"]!.GetValue<string>().ShouldBe(message);
    }

    [Fact]
    public async Task Edit_SeventeenImages_AreTooMany()
    {
        await using var simulation = await Simulation.StartAsync();
        var many = new JsonArray([.. Enumerable.Range(0, 17).Select(_ => JsonNode.Parse(Png)![0]!.DeepClone())]);
        var (_, error) = await simulation.EditRefusedAsync(Simulation.Body(("images", many)));
        error["code"]!.GetValue<string>().ShouldBe("array_above_max_length");
    }

    [Fact]
    public async Task Edit_PromptTooLong_IsRefused()
    {
        await using var simulation = await Simulation.StartAsync();
        var (_, error) = await simulation.EditRefusedAsync(Simulation.Body(("prompt", new string('x', 32_001))));
        error["code"]!.GetValue<string>().ShouldBe("string_above_max_length");
        await simulation.EditOkAsync(("prompt", new string('x', 32_000)));
    }

    [Fact]
    public async Task Edit_TransparentJpeg_IsRefused()
    {
        await using var simulation = await Simulation.StartAsync();
        var (_, error) = await simulation.EditRefusedAsync(Simulation.Body(("background", "transparent"), ("output_format", "jpeg")));
        error["param"]!.GetValue<string>().ShouldBe("background");
    }

    [Theory]
    [InlineData("{", "application/json", "invalid_json")]
    [InlineData("[]", "application/json", "invalid_type")]
    [InlineData("x", "text/plain", "unsupported_content_type")]
    public async Task Edit_BodyNotAnObject_IsRefused(string body, string type, string code)
    {
        await using var simulation = await Simulation.StartAsync();
        using var answer = await simulation.PostTextAsync("/v1/images/edits", body, type);
        ((int)answer.StatusCode).ShouldBe(400);
        JsonNode.Parse(await answer.Content.ReadAsStringAsync(Simulation.Token))!["error"]!["code"]!.GetValue<string>().ShouldBe(code);
    }

    [Theory]
    [InlineData("Add a weapon to it", true)]
    [InlineData("add a WEAPON.", true)]
    [InlineData("forbidden-word", true)]
    [InlineData("weaponless", false)]
    public async Task Edit_ForbiddenWord_IsModeratedWithDetails(string prompt, bool refused)
    {
        await using var simulation = await Simulation.StartAsync();
        using var answer = await simulation.EditAsync(Simulation.Body(("prompt", prompt)));
        ((int)answer.StatusCode).ShouldBe(refused ? 400 : 200);
        if (refused)
        {
            var error = JsonNode.Parse(await answer.Content.ReadAsStringAsync(Simulation.Token))!["error"]!;
            error["code"]!.GetValue<string>().ShouldBe("moderation_blocked");
            error["type"]!.GetValue<string>().ShouldBe("image_generation_user_error");
            error["moderation_details"]!["moderation_stage"]!.GetValue<string>().ShouldBe("input");
            error["moderation_details"]!["categories"]!.AsArray().Count.ShouldBe(1);
        }
    }
}
