using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Darkroom.Jobs.Access;
using Darkroom.Worker.Tests.Processes;
using Darkroom.Worker.Tests.Schedules;

namespace Darkroom.Worker.Tests.Api;

/// <summary>Schedules, live limits and forecasts over HTTP, and by the command line from elsewhere.</summary>
public sealed class ScheduleApiTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Schedules_OneAfterTheOther_DoWhatTheySayAndAreInTheAudit()
    {
        await using var shop = await ManifestServer.StartAsync(ApiWorld.Rows(2));
        await using var world = await ApiWorld.CreateAsync(("Sources:AllowedHosts:0", shop.Authority));
        var asked = new JsonObject
        {
            ["name"] = "nightly",
            ["cron"] = "0 2 * * *",
            ["time_zone"] = "Europe/Berlin",
            ["manifest"] = shop.Address,
            ["overlap"] = "queue",
            ["fields"] = new JsonObject { ["size"] = "1024x1024", ["quality"] = "low", ["max-cost"] = "5", ["deadline"] = "06:00", ["tag"] = new JsonArray("brand=a", "season=b") },
        };

        using var added = await world.Client.PostAsJsonAsync("/v1/schedules", asked, Cancel);
        added.StatusCode.ShouldBe(HttpStatusCode.Created, await added.Content.ReadAsStringAsync(Cancel));
        added.Headers.Location!.ToString().ShouldBe("/v1/schedules/nightly");
        using var twice = await world.Client.PostAsJsonAsync("/v1/schedules", asked, Cancel);
        await ApiWorld.ShouldRefuseAsync(twice, HttpStatusCode.Conflict, "exists");
        asked["replace"] = true;
        using var replaced = await world.Client.PostAsJsonAsync("/v1/schedules", asked, Cancel);
        replaced.StatusCode.ShouldBe(HttpStatusCode.Created);

        var listed = (await world.GetAsync("/v1/schedules"))[0]!;
        (listed["schedule"]!.GetValue<string>(), listed["overlap"]!.GetValue<string>(), listed["deadline"]!.GetValue<string>(), listed["paused"]!.GetValue<bool>()).ShouldBe(("nightly", "queue", "06:00", false));
        listed["next"]![0]!["local"]!.GetValue<string>().ShouldContain("T02:00:00+0");
        listed.ToJsonString().ShouldNotContain("planted", Case.Insensitive, "the manifest's signature is nobody's business");
        var run = await PostAsync(world, "/v1/schedules/nightly/run");
        (run["state"]!.GetValue<string>(), run["manual"]!.GetValue<bool>()).ShouldBe(("started", true));
        var batch = run["batch"]!.GetValue<string>();
        (await world.ScalarAsync<long>("select count(*) from batch where max_cost_usd = 5 and deadline is not null and reuse = 'earlier'")).ShouldBe(1);
        (await world.ScalarAsync<long>("""select count(*) from item where tags @> '{"brand":"a","season":"b"}'""")).ShouldBe(2);
        var runs = (await world.GetAsync("/v1/schedules/nightly/runs?limit=5")).AsArray();
        (runs.Count, runs[0]!["batch"]!.GetValue<string>(), runs[0]!["items"]!.GetValue<long>(), runs[0]!["cost_usd"]!.GetValue<string>()).ShouldBe((1, batch, 2, "0"));
        (await PostAsync(world, "/v1/schedules/nightly/pause"))["paused"]!.GetValue<bool>().ShouldBeTrue();
        (await PostAsync(world, "/v1/schedules/nightly/resume"))["paused"]!.GetValue<bool>().ShouldBeFalse();
        (await world.GetAsync($"/v1/batches/{batch}/forecast"))["deadline"].ShouldNotBeNull();
        using (var removed = await world.Client.DeleteAsync("/v1/schedules/nightly", Cancel)) removed.StatusCode.ShouldBe(HttpStatusCode.NoContent);
        foreach (var (method, path) in new[] { (HttpMethod.Delete, ""), (HttpMethod.Get, ""), (HttpMethod.Get, "/runs"), (HttpMethod.Post, "/run"), (HttpMethod.Post, "/pause") })
        {
            using var gone = await world.Client.SendAsync(new HttpRequestMessage(method, $"/v1/schedules/nightly{path}"), Cancel);
            await ApiWorld.ShouldRefuseAsync(gone, HttpStatusCode.NotFound, "not-found");
        }

        (await world.GetAsync("/v1/audit")).AsArray().Select(entry => entry!["action"]!.GetValue<string>()).Where(action => action.StartsWith("schedule.", StringComparison.Ordinal))
            .ShouldBe(["schedule.remove", "schedule.resume", "schedule.pause", "schedule.run", "schedule.add", "schedule.add"]);
    }

    [Fact]
    public async Task Add_CannotBe_SaysWhichFieldAndWhy()
    {
        await using var shop = await ManifestServer.StartAsync("""{"id":"a"}""");
        await using var world = await ApiWorld.CreateAsync(("Sources:AllowedHosts:0", shop.Authority));
        const string Cron = "0 2 * * *";
        foreach (var (body, field) in new (object, string)[]
        {
            (new { cron = Cron, manifest = shop.Address }, "name"), (new { name = "a b", cron = Cron, manifest = shop.Address }, "name"), (new { name = "n", cron = "61 2 * * *", manifest = shop.Address }, "cron"),
            (new { name = "n", cron = Cron, manifest = "/etc/passwd" }, "manifest"), (new { name = "n", cron = Cron, manifest = shop.Address, overlap = "maybe" }, "overlap"),
            (new { name = "n", cron = Cron, manifest = shop.Address, replace = "yes" }, "replace"), (new { name = "n", cron = Cron, manifest = shop.Address, fields = new { colour = "red" } }, "colour"),
            (new { name = "n", cron = Cron, manifest = shop.Address, fields = new { manifest = "/etc/passwd" } }, "manifest"), (new { name = "n", cron = Cron, manifest = shop.Address, fields = new { priority = 10 } }, "priority"),
            (new { name = "n", cron = Cron, manifest = shop.Address, fields = new { webhook = "https://hooks.example/x" } }, "fields.webhook"),
        })
        {
            using var refused = await world.Client.PostAsJsonAsync("/v1/schedules", body, Cancel);
            (await ApiWorld.ShouldRefuseAsync(refused, HttpStatusCode.BadRequest, "invalid-request"))["errors"]![0]!["field"]!.GetValue<string>().ShouldBe(field);
        }

        using var broken = await world.Client.PostAsJsonAsync("/v1/schedules", new { name = "n", cron = Cron, manifest = shop.Address }, Cancel);
        broken.StatusCode.ShouldBe(HttpStatusCode.UnprocessableEntity);
        (await ApiWorld.JsonOfAsync(broken))["errors"]![0]!["line"]!.GetValue<int>().ShouldBe(1);
        shop.Text = null;
        using var later = await world.Client.PostAsJsonAsync("/v1/schedules", new { name = "n", cron = Cron, manifest = shop.Address }, Cancel);
        later.StatusCode.ShouldBe(HttpStatusCode.Created);
        (await ApiWorld.JsonOfAsync(later))["warnings"]![0]!.GetValue<string>().ShouldContain("So it isn't checked now.");
    }

    [Fact]
    public async Task Roles_ViewersLookAndOperatorsAct()
    {
        await using var world = await ApiWorld.CreateAsync();
        using var viewer = world.CreateClient(await world.AddKeyAsync(AccessRole.Viewer));
        using var operates = world.CreateClient(await world.AddKeyAsync(AccessRole.Operator));
        foreach (var path in (string[])["/v1/schedules", "/v1/limits/live"]) (await viewer.GetAsync(path, Cancel)).StatusCode.ShouldBe(HttpStatusCode.OK, path);
        foreach (var path in (string[])["/v1/schedules", "/v1/schedules/n/run", "/v1/schedules/n/pause", "/v1/schedules/n/resume"])
        {
            await ApiWorld.ShouldRefuseAsync(await viewer.PostAsync(path, null, Cancel), HttpStatusCode.Forbidden, "role-needed");
            new[] { HttpStatusCode.NotFound, HttpStatusCode.BadRequest }.ShouldContain((await operates.PostAsync(path, null, Cancel)).StatusCode, path);
        }

        await ApiWorld.ShouldRefuseAsync(await viewer.DeleteAsync("/v1/schedules/n", Cancel), HttpStatusCode.Forbidden, "role-needed");
        await ApiWorld.ShouldRefuseAsync(await operates.DeleteAsync("/v1/schedules/n", Cancel), HttpStatusCode.NotFound, "not-found");
    }

    [Fact]
    public async Task Server_ScheduleLimitsAndForecast_WorkFromElsewhereAsTheyDoHere()
    {
        await using var shop = await ManifestServer.StartAsync(ApiWorld.Rows(2));
        await using var world = await CliWorld.CreateAsync();
        world.Environment["Sources__AllowedHosts__0"] = shop.Authority;
        world.Environment["Limits__Default__ImagesPerMinute"] = "600";
        var worker = world.StartWorker();
        await worker.UntilPrintedAsync("tells how it is");
        string[] there = ["--server", worker.Error.Split("Listening on ")[1].Split(';')[0]];

        (await world.RunAsync(["schedule", "add", "nightly", "--cron", "0 2 1 1 *", "--time-zone", "Europe/Berlin", "--manifest", shop.Address, "--size", "1024x1024", "--quality", "low", "--tag", "brand=a", "--tag", "season=b", "--deadline", "4h", "--yes", .. there]))
            .ShouldExit(0).Lines.Length.ShouldBe(4);
        (await world.RunAsync(["schedule", "add", "nightly", "--cron", "0 2 * * *", "--manifest", shop.Address, "--yes", .. there])).ShouldExit(2).Error.ShouldContain("There is a schedule nightly already");
        (await world.RunAsync(["schedule", "add", "other", "--cron", "0 2 * * *", "--manifest", "catalogue.jsonl", "--yes", .. there])).ShouldExit(2).Error.ShouldContain("manifest");
        (await world.RunAsync(["schedule", "list", "--json", .. there])).ShouldExit(0).Out.ShouldBe((await world.RunAsync("schedule", "list", "--json")).ShouldExit(0).Out);
        (await world.RunAsync(["schedule", "list", .. there])).ShouldExit(0).Out.ShouldContain("nightly");
        var batch = (await world.RunAsync(["schedule", "run", "nightly", .. there])).ShouldExit(0).Lines.ShouldHaveSingleItem();
        (await world.RunAsync(["watch", batch, .. there])).ShouldExit(0);
        var history = (await world.RunAsync(["schedule", "history", "nightly", "--json", .. there])).ShouldExit(0);
        history.Out.ShouldBe((await world.RunAsync("schedule", "history", "nightly", "--json")).ShouldExit(0).Out);
        (history.Json[0]!["batch"]!.GetValue<string>(), history.Json[0]!["items"]!.GetValue<int>()).ShouldBe((batch, 2));
        (await world.RunAsync(["schedule", "pause", "nightly", .. there])).ShouldExit(0);
        (await world.RunAsync(["schedule", "list", "--json", .. there])).ShouldExit(0).Json[0]!["paused"]!.GetValue<bool>().ShouldBeTrue();
        (await world.RunAsync(["schedule", "resume", "nightly", .. there])).ShouldExit(0);

        var limits = (await world.RunAsync(["limits", "--json", .. there])).ShouldExit(0).Json.AsArray();
        limits.ShouldContain(line => line!["dimension"]!.GetValue<string>() == "images" && line["configured_per_minute"]!.GetValue<double>() == 600);
        (await world.RunAsync(["limits", .. there])).ShouldExit(0).Out.ShouldContain("600");
        (await world.RunAsync(["limits", "--forget", "--json", .. there])).ShouldExit(0).Json["forgotten"]!.AsArray().ShouldBeEmpty();
        (await world.RunAsync(["limits", "--forget", "nothing", .. there])).ShouldExit(2).Error.ShouldContain("there is no limits group 'nothing'");
        (await world.CountAsync("select count(*) from audit where action = 'limits.forget' and via = 'api'")).ShouldBe(1);
        var status = (await world.RunAsync(["status", batch, "--json", .. there])).ShouldExit(0);
        status.Json["deadline"].ShouldNotBeNull();
        status.Json["late"]!.GetValue<bool>().ShouldBeFalse();
        status.Out.ShouldBe((await world.RunAsync("status", batch, "--json")).ShouldExit(0).Out);
        (await world.RunAsync(["schedule", "remove", "nightly", .. there])).ShouldExit(0);
        (await world.RunAsync(["schedule", "remove", "nightly", .. there])).ShouldExit(2).Error.ShouldContain("There is no schedule nightly.");
        (await world.CountAsync("select count(*) from audit where action like 'schedule.%'")).ShouldBe(5);
    }

    private static async Task<JsonObject> PostAsync(ApiWorld world, string path)
    {
        using var answer = await world.Client.PostAsync(path, null, Cancel);
        answer.StatusCode.ShouldBe(HttpStatusCode.OK, await answer.Content.ReadAsStringAsync(Cancel));
        return await ApiWorld.JsonOfAsync(answer);
    }
}
