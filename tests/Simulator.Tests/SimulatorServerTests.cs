using System.Net;
using System.Text.Json.Nodes;

namespace Darkroom.Simulator.Tests;

public sealed class SimulatorServerTests
{
    [Fact]
    public async Task BaseUrl_FreePort_IsLoopbackAndHealthy()
    {
        await using var simulation = await Simulation.StartAsync();
        simulation.Server.BaseUrl.IsLoopback.ShouldBeTrue();
        simulation.Server.BaseUrl.AbsolutePath.ShouldBe("/v1");
        (await simulation.Client.GetStringAsync(simulation.At("/health"), Simulation.Token)).ShouldBe("""{"status":"ok"}""");
    }

    [Theory]
    [InlineData(null, null, 401)]
    [InlineData(null, "Bearer ", 401)]
    [InlineData(null, "Bearer anything", 400)]
    [InlineData("sk-right", "Bearer sk-wrong-key", 401)]
    [InlineData("sk-right", "Bearer sk-right", 400)]
    public async Task Edits_Key_IsChecked(string? wanted, string? header, int status)
    {
        await using var simulation = await Simulation.StartAsync(new() { ApiKey = wanted });
        using var request = new HttpRequestMessage(HttpMethod.Post, simulation.At("/v1/images/edits")) { Content = new StringContent("{", null, "application/json") };
        simulation.Client.DefaultRequestHeaders.Authorization = null;
        if (header is not null)
        {
            request.Headers.TryAddWithoutValidation("Authorization", header);
        }

        using var answer = await simulation.Client.SendAsync(request, Simulation.Token);
        ((int)answer.StatusCode).ShouldBe(status);
        answer.Headers.GetValues("x-request-id").Single().ShouldStartWith("req_");
        var error = JsonNode.Parse(await answer.Content.ReadAsStringAsync(Simulation.Token))!["error"]!;
        error["type"]!.GetValue<string>().ShouldBe("invalid_request_error");
        error.AsObject().Select(m => m.Key).ShouldBe(["message", "type", "param", "code"]);
        error.ToJsonString().ShouldNotContain("sk-wrong-key");
    }

    [Fact]
    public async Task Models_ListAndOne_HaveIdsAndShutdownDates()
    {
        await using var simulation = await Simulation.StartAsync();
        var list = JsonNode.Parse(await simulation.Client.GetStringAsync(simulation.At("/v1/models"), Simulation.Token))!;
        list["data"]!.AsArray().Select(m => m!["id"]!.GetValue<string>()).ShouldContain("gpt-image-2");
        var one = JsonNode.Parse(await simulation.Client.GetStringAsync(simulation.At("/v1/models/gpt-image-1.5"), Simulation.Token))!;
        one["shutdown_date"]!.GetValue<string>().ShouldBe("2026-12-01");
        using var none = await simulation.Client.GetAsync(simulation.At("/v1/models/nothing"), Simulation.Token);
        none.StatusCode.ShouldBe(HttpStatusCode.NotFound);
        (await none.Content.ReadAsStringAsync(Simulation.Token)).ShouldContain("model_not_found");
    }

    [Fact]
    public async Task UnknownPath_IsTheServicesErrorShape()
    {
        await using var simulation = await Simulation.StartAsync();
        using var answer = await simulation.Client.GetAsync(simulation.At("/v1/nothing"), Simulation.Token);
        answer.StatusCode.ShouldBe(HttpStatusCode.NotFound);
        (await answer.Content.ReadAsStringAsync(Simulation.Token)).ShouldContain("Invalid URL (GET /v1/nothing)");
    }

    [Fact]
    public async Task StopAsync_EditAtWork_IsDroppedUnbilled()
    {
        await using var simulation = await Simulation.StartAsync(new() { Latency = TimeSpan.FromMinutes(5) });
        var edit = simulation.EditAsync(Simulation.Body());
        await Simulation.UntilAsync(() => simulation.Server.Account.Summary.AcceptedImages.Count > 0);

        await simulation.Server.StopAsync();
        await Should.ThrowAsync<HttpRequestException>(() => edit);
        simulation.Server.Account.Billed.ShouldBeEmpty();
    }
}
