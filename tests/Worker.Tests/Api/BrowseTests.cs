using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json.Nodes;

namespace Darkroom.Worker.Tests.Api;

/// <summary>Lists, filters, pages, items, images, reports.</summary>
public sealed class BrowseTests(SharedApiWorld shared) : IClassFixture<SharedApiWorld>
{
    private static CancellationToken Cancel => ApiWorld.Cancel;

    [Fact]
    public async Task Batches_PagesAndFilters_GiveEachOnce()
    {
        await using var world = await ApiWorld.CreateAsync();
        var made = new List<string>();
        for (var at = 0; at < 5; at++) made.Insert(0, await world.SubmitAsync(1, $"?name=Set%20{at}_%25&tag=n%3D{at}"));
        await world.Client.PostAsync($"/v1/batches/{made[0]}/cancel", null, Cancel);

        var seen = new List<string>();
        for (var path = "/v1/batches?limit=2"; path is not null;)
        {
            var page = await world.GetAsync(path);
            seen.AddRange(page["batches"]!.AsArray().Select(batch => batch!["batch"]!.GetValue<string>()));
            path = page["next"] is { } next ? $"/v1/batches?limit=2&after={next.GetValue<string>()}" : null;
        }

        seen.ShouldBe(made);
        (await IdsAsync(world, "?state=canceled")).ShouldBe([made[0]]);
        (await IdsAsync(world, "?state=queued,canceled&text=SET%203_%25")).ShouldBe([made[1]]);
        (await IdsAsync(world, "?text=_")).ShouldBe(made);
        (await IdsAsync(world, "?text=t__")).ShouldBeEmpty();
        (await IdsAsync(world, "?tag=n%3D2")).ShouldBe([made[2]]);
        var states = (await world.GetAsync("/v1/batches?limit=1"))["states"]!;
        (states["queued"]!.GetValue<int>(), states["canceled"]!.GetValue<int>()).ShouldBe((4, 1));
    }

    [Fact]
    public async Task Items_PagesAndFilters_GiveEachOnceInOrder()
    {
        await using var world = await ApiWorld.CreateAsync();
        await world.SubmitAsync(3);
        var batch = await world.SubmitAsync(25);
        await world.ExecuteAsync($$"""
            update item set state = 'rejected', finished_at = now(), error = '{"class":"moderation","code":"moderation_blocked","message":"No."}' where batch_id = '{{batch}}' and key in ('item-3', 'item-9', 'item-20');
            update item set state = 'failed', finished_at = now(), error = '{"class":"server_error","message":"It broke."}' where batch_id = '{{batch}}' and key = 'item-4';
            update item set prompt = 'A 100% Red mug' where batch_id = '{{batch}}' and key = 'item-7';
            update item set tags = '{"brand":"ac\"me"}' where batch_id = '{{batch}}' and key = 'item-8'
            """);
        var all = Enumerable.Range(1, 25).Select(number => $"item-{number}").ToList();

        (await ItemsAsync(world, batch, "limit=4")).ShouldBe(all);
        (await ItemsAsync(world, batch, "limit=2&state=rejected,failed")).ShouldBe(["item-3", "item-4", "item-9", "item-20"]);
        (await ItemsAsync(world, batch, "limit=1&reason=moderation/moderation_blocked")).ShouldBe(["item-3", "item-9", "item-20"]);
        (await ItemsAsync(world, batch, "reason=server_error/")).ShouldBe(["item-4"]);
        (await ItemsAsync(world, batch, "text=100%25%20red")).ShouldBe(["item-7"]);
        (await ItemsAsync(world, batch, "limit=1&text=ITEM-2")).ShouldBe(["item-2", "item-20", "item-21", "item-22", "item-23", "item-24", "item-25"]);
        (await ItemsAsync(world, batch, $"tag={Uri.EscapeDataString("brand=ac\"me")}")).ShouldBe(["item-8"]);
        (await ItemsAsync(world, batch, "key=item-5")).ShouldBe(["item-5"]);
        (await ItemsAsync(world, batch, "key=item-5&state=failed")).ShouldBeEmpty();

        var reasons = await world.GetAsync($"/v1/batches/{batch}/reasons");
        reasons.AsArray().Select(reason => $"{reason!["reason"]} {reason["items"]} {reason["more"]} {reason["message"]}")
            .ShouldBe(["moderation/moderation_blocked 3 false No.", "server_error/ 1 false It broke."]);
    }

    [Theory]
    [InlineData("/v1/batches?after=x", "after")]
    [InlineData("/v1/batches?after=999999999999999999.b", "after")]
    [InlineData("/v1/batches?limit=0", "limit")]
    [InlineData("/v1/batches?limit=100000", "limit")]
    [InlineData("/v1/batches?state=drop%20table", "state")]
    [InlineData("/v1/batches?text=%00", "text")]
    [InlineData("/v1/batches?tag=novalue", "tag")]
    [InlineData("/v1/batches/{batch}/items?after=-1", "after")]
    [InlineData("/v1/batches/{batch}/items?after=99999999999999999999", "after")]
    [InlineData("/v1/batches/{batch}/items?reason=%00", "reason")]
    [InlineData("/v1/batches/{batch}/results?format=xml", "format")]
    [InlineData("/v1/reports/usage?by=day,day", "by")]
    [InlineData("/v1/reports/usage?by=tag:%00", "by")]
    [InlineData("/v1/reports/usage?from=yesterday", "from")]
    [InlineData("/v1/events?batch={batch}", "Last-Event-ID")]
    public async Task Query_ThatCantBeUsed_IsABadRequestThatNamesTheField(string path, string field)
    {
        var world = await shared.GetAsync();
        var batch = await world.SubmitAsync(1);
        using var request = new HttpRequestMessage(HttpMethod.Get, path.Replace("{batch}", batch, StringComparison.Ordinal)) { Headers = { { "Last-Event-ID", "1.1:1:'" } } };

        using var answer = await world.Client.SendAsync(request, Cancel);

        var problem = await ApiWorld.ShouldRefuseAsync(answer, HttpStatusCode.BadRequest, "invalid-request");
        problem["errors"]![0]!["field"]!.GetValue<string>().ShouldBe(field);
    }

    [Fact]
    public async Task Address_OfNothing_IsAProblem()
    {
        await using var world = await ApiWorld.CreateAsync();
        foreach (var path in new[] { "/v1/batches/no-such", "/v1/batches/%27%3B--", "/v1/batches/no-such/items", "/v1/batches/no-such/results", "/v1/items/1", "/v1/items/1/outputs/0", "/v1/nowhere" })
            await ApiWorld.ShouldRefuseAsync(await world.Client.GetAsync(path, Cancel), HttpStatusCode.NotFound, "not-found");
        await ApiWorld.ShouldRefuseAsync(await world.Client.PostAsync("/v1/batches/no-such/pause", null, Cancel), HttpStatusCode.NotFound, "not-found");
        await ApiWorld.ShouldRefuseAsync(await world.Client.DeleteAsync("/v1/batches", Cancel), HttpStatusCode.MethodNotAllowed, "method");
    }

    [Fact]
    public async Task Actions_SteerTheBatchAndStandInTheAudit()
    {
        await using var world = await ApiWorld.CreateAsync();
        var batch = await world.SubmitAsync(2);
        await world.ExecuteAsync($$"""update item set state = 'failed', finished_at = now(), error = '{"class":"server_error","message":"x"}' where batch_id = '{{batch}}'""");
        var item = await world.ScalarAsync<long>($"select min(id) from item where batch_id = '{batch}'");

        (await PostAsync(world, $"/v1/batches/{batch}/pause"))["state"]!.GetValue<string>().ShouldBe("paused");
        (await PostAsync(world, $"/v1/batches/{batch}/resume"))["state"]!.GetValue<string>().ShouldBe("queued");
        (await PostAsync(world, $"/v1/items/{item}/retry", new { prompt = "Better" }))["items"]!.GetValue<int>().ShouldBe(1);
        (await PostAsync(world, $"/v1/batches/{batch}/retry", new { states = new[] { "failed", "held" } }))["items"]!.GetValue<int>().ShouldBe(1);
        await PostAsync(world, $"/v1/batches/{batch}/budget", new { max_cost_usd = "12.5" });

        (await world.GetAsync($"/v1/items/{item}"))["item"]!["prompt"]!.GetValue<string>().ShouldBe("Better");
        (await world.GetAsync($"/v1/batches/{batch}"))["items"]!["pending"]!.GetValue<int>().ShouldBe(2);
        (await world.GetAsync("/v1/audit")).AsArray().Select(entry => entry!["action"]!.GetValue<string>())
            .ShouldBe(["batch.budget", "batch.retry", "item.retry", "batch.resume", "batch.pause", "batch.submit"]);

        using var again = await world.Client.PostAsync($"/v1/items/{item}/retry", null, Cancel);
        await ApiWorld.ShouldRefuseAsync(again, HttpStatusCode.Conflict, "not-now");
        using var impossible = await world.Client.PostAsync($"/v1/batches/{batch}/approve", null, Cancel);
        impossible.StatusCode.ShouldBe(HttpStatusCode.OK);
        foreach (var (path, body, field) in new (string, object, string)[]
        {
            ($"/v1/batches/{batch}/retry", new { states = new[] { "succeeded" } }, "states[0]"), ($"/v1/batches/{batch}/budget", new { max_cost_usd = "-1" }, "max_cost_usd"),
            ($"/v1/items/{item}/retry", new { prompt = " " }, "prompt"), ($"/v1/items/{item}/retry", new { prompt = new string('x', 40_000) }, "prompt"), ($"/v1/batches/{batch}/retry", new[] { 1 }, "body"),
        })
        {
            using var refused = await world.Client.PostAsJsonAsync(path, body, Cancel);
            (await ApiWorld.ShouldRefuseAsync(refused, HttpStatusCode.BadRequest, "invalid-request"))["errors"]![0]!["field"]!.GetValue<string>().ShouldBe(field);
        }
    }

    [Fact]
    public async Task Output_OfTheStore_IsStreamedInRangesAndGuarded()
    {
        await using var world = await ApiWorld.CreateAsync();
        var batch = await world.SubmitAsync(1);
        var bytes = Enumerable.Range(0, 5000).Select(at => (byte)at).ToArray();
        var file = Path.Combine(world.Folder.Path, ".darkroom", "images", batch, "item-1-0.png");
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        await File.WriteAllBytesAsync(file, bytes, Cancel);
        await world.ExecuteAsync($"""
            with a as (insert into attempt (item_id, batch_id, number, process_id, state, finished_at) select id, batch_id, 1, 1, 'succeeded', now() from item returning id, item_id)
            insert into output (item_id, number, attempt_id, path, bytes, sha256, format)
            select item_id, 0, id, '{batch}/item-1-0.png', 5000, repeat('a', 64), 'png' from a union all select item_id, 1, id, '{batch}/gone.html', 1, repeat('b', 64), 'unknown' from a
            """);
        var item = await world.ScalarAsync<long>("select id from item");

        using var whole = await world.Client.GetAsync($"/v1/items/{item}/outputs/0", Cancel);
        (await whole.Content.ReadAsByteArrayAsync(Cancel)).ShouldBe(bytes);
        whole.Content.Headers.ContentType!.MediaType.ShouldBe("image/png");
        whole.Headers.GetValues("X-Content-Type-Options").ShouldBe(["nosniff"]);
        whole.Headers.GetValues("Content-Security-Policy").Single().ShouldContain("sandbox");

        using var ranged = new HttpRequestMessage(HttpMethod.Get, $"/v1/items/{item}/outputs/0") { Headers = { Range = new RangeHeaderValue(100, 199) } };
        using var part = await world.Client.SendAsync(ranged, Cancel);
        part.StatusCode.ShouldBe(HttpStatusCode.PartialContent);
        (await part.Content.ReadAsByteArrayAsync(Cancel)).ShouldBe(bytes[100..200]);

        using var known = new HttpRequestMessage(HttpMethod.Get, $"/v1/items/{item}/outputs/0") { Headers = { IfNoneMatch = { whole.Headers.ETag! } } };
        (await world.Client.SendAsync(known, Cancel)).StatusCode.ShouldBe(HttpStatusCode.NotModified);
        await ApiWorld.ShouldRefuseAsync(await world.Client.GetAsync($"/v1/items/{item}/outputs/1", Cancel), HttpStatusCode.NotFound, "not-found");
        (await world.GetAsync($"/v1/items/{item}"))["attempts"]!.AsArray().Count.ShouldBe(1);
    }

    [Fact]
    public async Task OpenApi_Document_IsTheOneCheckedIn()
    {
        await using var world = await ApiWorld.CreateAsync();
        var document = (await world.Client.GetStringAsync("/openapi/v1.json", Cancel)).ReplaceLineEndings("\n").TrimEnd() + "\n";
        var file = Path.Combine(RepositoryFolder(), "src", "Worker", "Api", "openapi.json");
        if (Environment.GetEnvironmentVariable("DARKROOM_REFRESH_OPENAPI") == "1") await File.WriteAllTextAsync(file, document, Cancel);

        document.ShouldBe(await File.ReadAllTextAsync(file, Cancel), "The API has changed: look at the difference, then refresh with DARKROOM_REFRESH_OPENAPI=1.");
        JsonNode.Parse(document)!["paths"]!["/v1/batches/{batch}/items"]!["get"].ShouldNotBeNull();
    }

    private static string RepositoryFolder()
    {
        var folder = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(folder, "Worker.sln"))) folder = Path.GetDirectoryName(folder) ?? throw new InvalidOperationException("The tests don't lie in the repository.");
        return folder;
    }

    private static async Task<JsonObject> PostAsync(ApiWorld world, string path, object? body = null)
    {
        using var answer = await world.Client.PostAsync(path, body is null ? null : JsonContent.Create(body), Cancel);
        answer.StatusCode.ShouldBe(HttpStatusCode.OK, await answer.Content.ReadAsStringAsync(Cancel));
        return await ApiWorld.JsonOfAsync(answer);
    }

    private static async Task<List<string>> IdsAsync(ApiWorld world, string query) =>
        [.. (await world.GetAsync($"/v1/batches{query}"))["batches"]!.AsArray().Select(batch => batch!["batch"]!.GetValue<string>())];

    private static async Task<List<string>> ItemsAsync(ApiWorld world, string batch, string query)
    {
        var keys = new List<string>();
        for (var path = $"/v1/batches/{batch}/items?{query}"; path is not null;)
        {
            var page = await world.GetAsync(path);
            keys.AddRange(page["items"]!.AsArray().Select(item => item!["id"]!.GetValue<string>()));
            path = page["next"] is { } next ? $"/v1/batches/{batch}/items?{query}&after={next.GetValue<string>()}" : null;
        }

        return keys;
    }
}
