using System.Text.Json.Nodes;
using Darkroom.Simulator.Faults;

namespace Darkroom.Simulator.Tests.Faults;

public sealed class FaultBehaviourTests
{
    private static Task<Simulation> StartAsync(string faults) => Simulation.StartAsync(new() { Faults = SimulatorFaults.Parse(faults) });

    [Theory]
    [InlineData("500=1", 500, "server_error")]
    [InlineData("503=1", 503, "server_is_overloaded")]
    [InlineData("429=1", 429, "slow_down")]
    [InlineData("409=1", 409, "conflict")]
    [InlineData("quota-after=0", 429, "insufficient_quota")]
    [InlineData("key-refused-after=0", 401, "invalid_api_key")]
    [InlineData("model-gone=gpt-image-2", 404, "model_not_found")]
    [InlineData("moderation=white", 400, "moderation_blocked")]
    public async Task Error_Answered_IsNotBilled(string faults, int status, string code)
    {
        await using var simulation = await StartAsync(faults);
        var (got, error) = await simulation.EditRefusedAsync(Simulation.Body());
        got.ShouldBe(status);
        error["code"]!.GetValue<string>().ShouldBe(code);
        simulation.Server.Account.Billed.ShouldBeEmpty();
        simulation.Server.Account.Summary.Throttled.ShouldBe(status == 429 ? 1 : 0);
        simulation.Server.Account.Summary.Refused[code].ShouldBe(1);
    }

    [Fact]
    public async Task Html_Answered_IsNotJson()
    {
        await using var simulation = await StartAsync("html=1");
        using var answer = await simulation.EditAsync(Simulation.Body());
        ((int)answer.StatusCode).ShouldBe(502);
        answer.Content.Headers.ContentType!.MediaType.ShouldBe("text/html");
        simulation.Server.Account.Billed.ShouldBeEmpty();
    }

    [Theory]
    [InlineData(502)]
    [InlineData(504)]
    [InlineData(524)]
    public async Task StatusAfter_GatewayGivesUp_IsBilledAndAPage(int status)
    {
        await using var simulation = await StartAsync($"{status}-after=1");
        using var answer = await simulation.EditAsync(Simulation.Body());
        ((int)answer.StatusCode).ShouldBe(status);
        answer.Content.Headers.ContentType!.MediaType.ShouldBe("text/html");
        simulation.Server.Account.Billed.ShouldHaveSingleItem().Delivered.ShouldBeFalse();
    }

    [Fact]
    public async Task NotImage_Answered_IsBilledAndAPageInBase64()
    {
        await using var simulation = await StartAsync("not-image=1");
        System.Text.Encoding.UTF8.GetString(Simulation.ImageOf(await simulation.EditOkAsync())).ShouldStartWith("<html>");
        simulation.Server.Account.Billed.Count.ShouldBe(1);
    }

    [Theory]
    [InlineData("reset-before=1", 0)]
    [InlineData("reset-after=1", 1)]
    [InlineData("cut=1", 1)]
    public async Task Connection_Broken_IsBilledOnlyAfterTheWork(string faults, int billed)
    {
        await using var simulation = await StartAsync(faults);
        await Should.ThrowAsync<HttpRequestException>(() => simulation.EditAsync(Simulation.Body()));
        simulation.Server.Account.Billed.Count.ShouldBe(billed);
        simulation.Server.Account.Billed.ShouldAllBe(b => !b.Delivered);
        simulation.Server.Account.Summary.Delivered.ShouldBe(0);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Cut_Answer_BreaksOffInsideTheImage(bool stream)
    {
        await using var simulation = await StartAsync("cut=1");
        using var request = new HttpRequestMessage(HttpMethod.Post, simulation.At("/v1/images/edits"))
        {
            Content = new StringContent(Simulation.Body(("stream", stream)).ToJsonString(), null, "application/json"),
        };
        using var answer = await simulation.Client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, Simulation.Token);
        ((int)answer.StatusCode).ShouldBe(200);
        await Should.ThrowAsync<Exception>(() => answer.Content.ReadAsByteArrayAsync(Simulation.Token));
    }

    [Fact]
    public async Task QuotaAfter_Two_BillsTwoUntilFaultsEnd()
    {
        await using var simulation = await StartAsync("quota-after=2");
        await simulation.EditOkAsync();
        await simulation.EditOkAsync();
        (await simulation.EditRefusedAsync(Simulation.Body())).Error["code"]!.GetValue<string>().ShouldBe("insufficient_quota");
        using var reset = await simulation.PostTextAsync("/simulator/faults", "", "text/plain");
        ((int)reset.StatusCode).ShouldBe(204);
        await simulation.EditOkAsync();
        simulation.Server.Account.Billed.Count.ShouldBe(3);
    }

    [Fact]
    public async Task StreamError_Streamed_EndsInAnErrorEventUnbilled()
    {
        await using var simulation = await StartAsync("stream-error=1");
        using var answer = await simulation.EditAsync(Simulation.Body(("stream", true), ("partial_images", 2)));
        ((int)answer.StatusCode).ShouldBe(200);
        var text = await answer.Content.ReadAsStringAsync(Simulation.Token);
        text.ShouldContain("event: image_edit.partial_image\n");
        text.ShouldNotContain("completed");
        var data = text[(text.IndexOf("event: error\ndata: ", StringComparison.Ordinal) + 19)..];
        JsonNode.Parse(data)!["error"]!["code"]!.GetValue<string>().ShouldBe("image_generation_failed");
        simulation.Server.Account.Billed.ShouldBeEmpty();
    }

    [Fact]
    public async Task Chance_SameSeed_StrikesTheSameRequests()
    {
        (await StatusesAsync()).ShouldBe(await StatusesAsync());

        static async Task<List<int>> StatusesAsync()
        {
            await using var simulation = await Simulation.StartAsync(new() { Faults = SimulatorFaults.Parse("500=0.3,503=0.2"), OutputBytes = 1024, Seed = 5 });
            var statuses = new List<int>();
            for (var i = 0; i < 30; i++)
            {
                using var answer = await simulation.EditAsync(Simulation.Body());
                statuses.Add((int)answer.StatusCode);
            }

            statuses.Distinct().Order().ShouldBe([200, 500, 503]);
            return statuses;
        }
    }
}
