using System.Net;
using System.Net.Http.Json;

namespace Darkroom.Worker.Tests.Api;

/// <summary>What a request names and nobody reads is refused, and nothing is done.</summary>
public sealed class UnknownInputTests
{
    [Fact]
    public async Task Post_FieldNobodyKnows_IsRefusedWithTheNearest()
    {
        await using var world = await ApiWorld.CreateAsync();
        var batch = await world.SubmitAsync(1);
        foreach (var (path, body, field, meant) in new (string, object, string, string)[]
        {
            ($"/v1/batches/{batch}/retry", new { state = new[] { "failed" } }, "state", "did you mean \"states\"?"),
            ($"/v1/batches/{batch}/retry", new { states = new[] { "failed" }, item = new[] { 1 } }, "item", "did you mean \"items\"?"),
            ($"/v1/batches/{batch}/budget", new { max_cost = "5" }, "max_cost", "known are max_cost_usd"),
            ($"/v1/batches/{batch}/cancel", new { reason = "x" }, "reason", "no field is taken here"),
            ("/v1/items/1/retry", new { promt = "x" }, "promt", "did you mean \"prompt\"?"),
            ("/v1/items/1/decision", new { decision = "redo", notes = "x" }, "notes", "did you mean \"note\"?"),
            ("/v1/schedules", new { name = "n", cron = "0 2 * * *", manifest = "https://a.test/m.csv", timezone = "UTC" }, "timezone", "did you mean \"time_zone\"?"),
            ("/v1/schedules", new { name = "n", cron = "0 2 * * *", manifest = "https://a.test/m.csv", fields = new { qualty = "low" } }, "qualty", "did you mean \"quality\"?"),
            ("/v1/schedules/n/run", new { force = true }, "force", "no field is taken here"),
        })
        {
            using var answer = await world.Client.PostAsJsonAsync(path, body, ApiWorld.Cancel);
            var problem = await ApiWorld.ShouldRefuseAsync(answer, HttpStatusCode.BadRequest, "invalid-request");
            problem["errors"]![0]!["field"]!.GetValue<string>().ShouldBe(field);
            problem["errors"]![0]!["reason"]!.GetValue<string>().ShouldContain(meant);
        }

        (await world.GetAsync($"/v1/batches/{batch}"))["state"]!.GetValue<string>().ShouldNotBe("canceled");
    }

    [Fact]
    public async Task Any_QueryParameterNobodyKnows_IsRefusedWithTheNearest()
    {
        await using var world = await ApiWorld.CreateAsync();
        var batch = await world.SubmitAsync(1);
        foreach (var (method, path, field) in new[]
        {
            (HttpMethod.Post, $"/v1/batches/{batch}/retry?states=failed", "states"), (HttpMethod.Post, $"/v1/batches/{batch}/approve?max_cost=5", "max_cost"),
            (HttpMethod.Get, $"/v1/batches/{batch}/items?stat=failed", "stat"), (HttpMethod.Get, "/v1/batches?batch=x", "batch"), (HttpMethod.Get, "/v1/reports/usage?form=2026-11-01", "form"),
        })
        {
            using var answer = await world.Client.SendAsync(new HttpRequestMessage(method, path), ApiWorld.Cancel);
            (await ApiWorld.ShouldRefuseAsync(answer, HttpStatusCode.BadRequest, "invalid-request"))["errors"]![0]!["field"]!.GetValue<string>().ShouldBe(field);
        }
    }

    [Fact]
    public async Task Submit_ColumnThatNoPromptUses_IsWarnedOf()
    {
        await using var world = await ApiWorld.CreateAsync();
        using var answer = await world.Client.PostAsync("/v1/batches?prompt=p", ApiWorld.Manifest("image,colour\nhttps://shop.example/a.png,red\n", "text/csv"), ApiWorld.Cancel);
        answer.StatusCode.ShouldBe(HttpStatusCode.Created);
        (await ApiWorld.JsonOfAsync(answer))["warnings"]![0]!.GetValue<string>().ShouldStartWith("colour: no prompt uses this column");
    }
}
