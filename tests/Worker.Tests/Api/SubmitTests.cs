using System.Net;

namespace Darkroom.Worker.Tests.Api;

public sealed class SubmitTests(SharedApiWorld shared) : IClassFixture<SharedApiWorld>
{
    private static CancellationToken Cancel => ApiWorld.Cancel;

    [Theory]
    [InlineData("application/jsonl", """{"id":"a","image":"https://shop.example/a.png","prompt":"White"}""")]
    [InlineData("application/json", """{"prompt":"White","items":[{"id":"a","image":"https://shop.example/a.png"}]}""")]
    [InlineData("text/csv", "id,image,prompt\na,https://shop.example/a.png,White\n")]
    [InlineData("application/octet-stream", """{"id":"a","image":"https://shop.example/a.png","prompt":"White"}""")]
    public async Task Submit_AnyForm_MakesABatch(string type, string manifest)
    {
        await using var world = await ApiWorld.CreateAsync();

        using var answer = await world.Client.PostAsync("/v1/batches?quality=low&size=1024x1024&name=mine&priority=7&tag=brand%3Dacme", ApiWorld.Manifest(manifest, type), Cancel);

        answer.StatusCode.ShouldBe(HttpStatusCode.Created, await answer.Content.ReadAsStringAsync(Cancel));
        var submitted = await ApiWorld.JsonOfAsync(answer);
        submitted["items"]!.GetValue<int>().ShouldBe(1);
        var id = submitted["batch"]!.GetValue<string>();
        answer.Headers.Location!.ToString().ShouldBe($"/v1/batches/{id}");
        var batch = await world.GetAsync($"/v1/batches/{id}");
        batch["name"]!.GetValue<string>().ShouldBe("mine");
        batch["priority"]!.GetValue<int>().ShouldBe(7);
        batch["items"]!["pending"]!.GetValue<int>().ShouldBe(1);
        batch["estimate"]!["expected_usd"].ShouldNotBeNull();
        var item = (await world.GetAsync($"/v1/batches/{id}/items"))["items"]![0]!;
        (item["id"]!.GetValue<string>(), item["prompt"]!.GetValue<string>()).ShouldBe(("a", "White"));
        item["tags"]!["brand"]!.GetValue<string>().ShouldBe("acme");
        (await world.ScalarAsync<string>("select actor || ' ' || via || ' ' || action from audit")).ShouldBe("local api batch.submit");
    }

    [Fact]
    public async Task Submit_Form_TakesFieldsAroundTheFile()
    {
        await using var world = await ApiWorld.CreateAsync();
        using var form = new MultipartFormDataContent
        {
            { new StringContent("""{"id":"a","image":"https://shop.example/a.png"}"""), "manifest", "rows.jsonl" },
            { new StringContent("@/etc/hostname --yes"), "prompt" },
        };

        using var answer = await world.Client.PostAsync("/v1/batches", form, Cancel);

        answer.StatusCode.ShouldBe(HttpStatusCode.Created, await answer.Content.ReadAsStringAsync(Cancel));
        var id = (await ApiWorld.JsonOfAsync(answer))["batch"]!.GetValue<string>();
        (await world.GetAsync($"/v1/batches/{id}"))["name"]!.GetValue<string>().ShouldBe("rows.jsonl");
        (await world.GetAsync($"/v1/batches/{id}/items"))["items"]![0]!["prompt"]!.GetValue<string>().ShouldBe("@/etc/hostname --yes");
    }

    [Fact]
    public async Task Submit_ManifestWithProblems_NamesLineAndFieldAndImportsNothing()
    {
        await using var world = await ApiWorld.CreateAsync();
        var manifest = ApiWorld.Rows(1) + """{"id":"b","image":"ftp://x","prompt":"p"}""" + "\n" + """{"id":"c","image":"/etc/passwd","prompt":"p","options":{"n":99}}""";

        using var answer = await world.Client.PostAsync("/v1/batches", ApiWorld.Manifest(manifest), Cancel);

        var problem = await ApiWorld.ShouldRefuseAsync(answer, HttpStatusCode.UnprocessableEntity, "invalid-manifest");
        var errors = problem["errors"]!.AsArray().Select(error => $"{error!["line"]} {error["field"]}").ToList();
        errors.ShouldContain(error => error.StartsWith("2 images", StringComparison.Ordinal) || error.StartsWith("2 image", StringComparison.Ordinal));
        errors.ShouldContain("3 options.n");
        errors.ShouldContain(error => error.StartsWith("3 image", StringComparison.Ordinal));
        problem["error_count"]!.GetValue<int>().ShouldBe(errors.Count);
        (await world.ScalarAsync<long>("select count(*) from batch")).ShouldBe(0);
    }

    [Theory]
    [InlineData("?quality=best", "quality")]
    [InlineData("?prioritty=3", "prioritty")]
    [InlineData("?priority=11", "priority")]
    [InlineData("?server=http://x", "server")]
    [InlineData("?max_cost=lots", "max_cost")]
    public async Task Submit_FieldThatCantBeUsed_IsNamed(string query, string field)
    {
        var world = await shared.GetAsync();

        using var answer = await world.Client.PostAsync($"/v1/batches{query}", ApiWorld.Manifest(ApiWorld.Rows(1)), Cancel);

        var text = await answer.Content.ReadAsStringAsync(Cancel);
        answer.StatusCode.ShouldBe(HttpStatusCode.BadRequest, text);
        text.ShouldContain(field);
        (await world.ScalarAsync<long>("select count(*) from batch")).ShouldBe(0);
    }

    [Fact]
    public async Task Submit_LocalFileAsDefaultImage_IsRefusedWhetherItIsThereOrNot()
    {
        await using var world = await ApiWorld.CreateAsync();
        foreach (var path in new[] { "/etc/hostname", "/no/such/file.png" })
        {
            using var answer = await world.Client.PostAsync($"/v1/batches?prompt=p&image={Uri.EscapeDataString(path)}", ApiWorld.Manifest("""{"id":"a"}"""), Cancel);
            var problem = await ApiWorld.ShouldRefuseAsync(answer, HttpStatusCode.UnprocessableEntity, "invalid-manifest");
            problem["errors"]!.ToJsonString().ShouldContain("http or https URL");
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Submit_BodyLargerThanAllowed_IsRefused(bool chunked)
    {
        await using var world = await ApiWorld.CreateAsync(("Api:MaxManifestBytes", "2000"));
        using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/batches") { Content = ApiWorld.Manifest(ApiWorld.Rows(100)) };
        request.Headers.TransferEncodingChunked = chunked;

        using var answer = await world.Client.SendAsync(request, Cancel);

        await ApiWorld.ShouldRefuseAsync(answer, HttpStatusCode.RequestEntityTooLarge, "too-large");
    }

    [Fact]
    public async Task Submit_DearerThanAgreed_SaysWhatToPass()
    {
        await using var world = await ApiWorld.CreateAsync(("Costs:AskAbove", "0.0001"));

        using var refused = await world.Client.PostAsync("/v1/batches", ApiWorld.Manifest(ApiWorld.Rows(3)), Cancel);
        (await ApiWorld.ShouldRefuseAsync(refused, HttpStatusCode.UnprocessableEntity, "not-agreed"))["detail"]!.GetValue<string>().ShouldContain("yes=true");

        await world.SubmitAsync(3, "?yes=true");
    }

    [Fact]
    public async Task Submit_SameKeyAgain_GivesTheSameBatch()
    {
        await using var world = await ApiWorld.CreateAsync();
        using var first = await PostAsync(world.Client, "k1", ApiWorld.Rows(2));
        using var second = await PostAsync(world.Client, "k1", ApiWorld.Rows(2));

        (first.StatusCode, second.StatusCode).ShouldBe((HttpStatusCode.Created, HttpStatusCode.OK));
        second.Headers.GetValues("Idempotent-Replayed").ShouldBe(["true"]);
        (await second.Content.ReadAsStringAsync(Cancel)).ShouldBe(await first.Content.ReadAsStringAsync(Cancel));
        using var other = await PostAsync(world.Client, "k1", ApiWorld.Rows(3));
        await ApiWorld.ShouldRefuseAsync(other, HttpStatusCode.UnprocessableEntity, "idempotency-key-reused");
        using var asked = await PostAsync(world.Client, "k1", ApiWorld.Rows(2), "?quality=low");
        await ApiWorld.ShouldRefuseAsync(asked, HttpStatusCode.UnprocessableEntity, "idempotency-key-reused");
        using var next = await PostAsync(world.Client, "k2", ApiWorld.Rows(2));
        next.StatusCode.ShouldBe(HttpStatusCode.Created);
        (await world.ScalarAsync<long>("select count(*) from batch")).ShouldBe(2);
    }

    [Fact]
    public async Task Submit_SameKeyFromManyAtOnce_MakesOneBatch()
    {
        await using var world = await ApiWorld.CreateAsync();

        var answers = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => PostAsync(world.Client, "k", ApiWorld.Rows(20))));

        answers.Count(answer => answer.StatusCode == HttpStatusCode.Created).ShouldBe(1);
        answers.Count(answer => answer.StatusCode == HttpStatusCode.OK).ShouldBe(7);
        var batches = await Task.WhenAll(answers.Select(async answer => (await ApiWorld.JsonOfAsync(answer))["batch"]!.GetValue<string>()));
        batches.Distinct(StringComparer.Ordinal).Count().ShouldBe(1);
        (await world.ScalarAsync<long>("select count(*) from item")).ShouldBe(20);
        foreach (var answer in answers) answer.Dispose();
    }

    [Fact]
    public async Task Estimate_ManifestWithProblems_TellsCostAndProblems()
    {
        await using var world = await ApiWorld.CreateAsync();

        using var answer = await world.Client.PostAsync("/v1/estimates", ApiWorld.Manifest(ApiWorld.Rows(2) + "{}"), Cancel);

        var estimate = await ApiWorld.JsonOfAsync(answer);
        estimate["items"]!.GetValue<int>().ShouldBe(2);
        estimate["problem_count"]!.GetValue<int>().ShouldBeGreaterThan(0);
        estimate["problems"]![0]!["line"]!.GetValue<int>().ShouldBe(3);
        (await world.ScalarAsync<long>("select count(*) from batch")).ShouldBe(0);
    }

    private static Task<HttpResponseMessage> PostAsync(HttpClient client, string key, string rows, string query = "")
    {
        var request = new HttpRequestMessage(HttpMethod.Post, $"/v1/batches{query}") { Content = ApiWorld.Manifest(rows) };
        request.Headers.Add("Idempotency-Key", key);
        return client.SendAsync(request, Cancel);
    }
}
