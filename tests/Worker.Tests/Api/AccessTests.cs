using System.Net;
using System.Net.Http.Json;
using Darkroom.Jobs.Access;

namespace Darkroom.Worker.Tests.Api;

/// <summary>Who is let in, and to what; each refusal.</summary>
public sealed class AccessTests
{
    private static CancellationToken Cancel => ApiWorld.Cancel;

    [Theory]
    [InlineData("X-Forwarded-For", "192.0.2.1")]
    [InlineData("X-Forwarded-Host", "darkroom.example")]
    [InlineData("X-Forwarded-Proto", "https")]
    [InlineData("Forwarded", "for=192.0.2.1")]
    [InlineData("Via", "1.1 proxy")]
    [InlineData("Host", "rebound.example")]
    public async Task NoKeys_RequestThatIsNotThisMachinesOwn_IsRefusedWithTheCure(string header, string value)
    {
        await using var world = await ApiWorld.CreateAsync();
        (await world.Client.GetAsync("/v1/batches", Cancel)).StatusCode.ShouldBe(HttpStatusCode.OK);
        using var request = new HttpRequestMessage(HttpMethod.Get, "/v1/batches");
        request.Headers.TryAddWithoutValidation(header, value);

        using var answer = await world.Client.SendAsync(request, Cancel);

        (await ApiWorld.ShouldRefuseAsync(answer, HttpStatusCode.Forbidden, "no-keys"))["detail"]!.GetValue<string>().ShouldContain("darkroom key add");
    }

    [Fact]
    public async Task NoKeys_ForwardingIsBelieved_NobodyIsLocal()
    {
        await using var world = await ApiWorld.CreateAsync(("ForwardedHeaders_Enabled", "true"));

        using var answer = await world.Client.GetAsync("/v1/batches", Cancel);

        await ApiWorld.ShouldRefuseAsync(answer, HttpStatusCode.Forbidden, "no-keys");
    }

    [Fact]
    public async Task Keys_WithoutOrWithAWrongOne_AreRefused()
    {
        await using var world = await ApiWorld.CreateAsync();
        var key = await world.AddKeyAsync(AccessRole.Viewer);
        var (_, foreign) = KeyToken.Create();
        foreach (var wrong in new[] { null, "x", foreign, key[..^1] + (key[^1] == 'A' ? 'B' : 'A') })
        {
            using var client = world.CreateClient(wrong);
            foreach (var path in new[] { "/v1/batches", "/v1/events", "/openapi/v1.json", "/v1/nothing" })
            {
                using var answer = await client.GetAsync(path, Cancel);
                await ApiWorld.ShouldRefuseAsync(answer, HttpStatusCode.Unauthorized, "key-needed");
                answer.Headers.WwwAuthenticate.ToString().ShouldBe("Bearer");
            }
        }

        using var known = world.CreateClient(key);
        using var forwarded = new HttpRequestMessage(HttpMethod.Get, "/v1/batches") { Headers = { { "X-Forwarded-For", "192.0.2.1" } } };
        (await known.SendAsync(forwarded, Cancel)).StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task Roles_EachMayWhatItMayAndNoMore()
    {
        await using var world = await ApiWorld.CreateAsync();
        var batch = await world.SubmitAsync();
        var viewer = world.CreateClient(await world.AddKeyAsync(AccessRole.Viewer));
        var operates = world.CreateClient(await world.AddKeyAsync(AccessRole.Operator));
        var admin = world.CreateClient(await world.AddKeyAsync(AccessRole.Admin));

        foreach (var path in new[] { "/v1/batches", $"/v1/batches/{batch}", $"/v1/batches/{batch}/results", "/v1/reports/usage", "/v1/limits", "/v1/models", "/v1/session" })
            (await viewer.GetAsync(path, Cancel)).StatusCode.ShouldBe(HttpStatusCode.OK, path);
        foreach (var path in new[] { "/v1/batches", "/v1/estimates", $"/v1/batches/{batch}/pause", $"/v1/batches/{batch}/cancel", $"/v1/batches/{batch}/retry", $"/v1/batches/{batch}/budget", "/v1/items/1/retry" })
            await ApiWorld.ShouldRefuseAsync(await viewer.PostAsync(path, null, Cancel), HttpStatusCode.Forbidden, "role-needed");
        await ApiWorld.ShouldRefuseAsync(await operates.GetAsync("/v1/audit", Cancel), HttpStatusCode.Forbidden, "role-needed");
        (await operates.PostAsync($"/v1/batches/{batch}/pause", null, Cancel)).StatusCode.ShouldBe(HttpStatusCode.OK);
        var audit = await admin.GetStringAsync($"/v1/audit?batch={batch}&limit=1", Cancel);
        audit.ShouldContain("\"actor\":\"test-Operator\"");
        audit.ShouldContain("\"action\":\"batch.pause\"");
        foreach (var client in new[] { viewer, operates, admin }) client.Dispose();
    }

    [Fact]
    public async Task RemovedKey_IsOfNoUseAtOnce_NorIsItsCookie()
    {
        await using var world = await ApiWorld.CreateAsync();
        await world.AddKeyAsync(AccessRole.Admin, "stays");
        var key = await world.AddKeyAsync(AccessRole.Viewer, "goes");
        using var client = world.CreateClient(key);
        var cookie = await SignInAsync(world, key);
        (await client.GetAsync("/v1/batches", Cancel)).StatusCode.ShouldBe(HttpStatusCode.OK);
        (await WithCookieAsync(world, HttpMethod.Get, "/v1/batches", cookie)).StatusCode.ShouldBe(HttpStatusCode.OK);

        await world.ExecuteAsync("delete from access_key where name = 'goes'");

        (await client.GetAsync("/v1/batches", Cancel)).StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        (await WithCookieAsync(world, HttpMethod.Get, "/v1/batches", cookie)).StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task SignIn_Cookie_IsGuardedAndNeedsTheTokenToChangeAnything()
    {
        await using var world = await ApiWorld.CreateAsync();
        var batch = await world.SubmitAsync();
        var key = await world.AddKeyAsync(AccessRole.Operator);
        var cookie = await SignInAsync(world, key);

        var session = await WithCookieAsync(world, HttpMethod.Get, "/v1/session", cookie);
        var said = await ApiWorld.JsonOfAsync(session);
        (said["name"]!.GetValue<string>(), said["role"]!.GetValue<string>()).ShouldBe(("test-Operator", "operator"));
        var token = said["csrf_token"]!.GetValue<string>();
        var cookies = $"{cookie}; {session.Headers.GetValues("Set-Cookie").Single().Split(';')[0]}";

        var pause = $"/v1/batches/{batch}/pause";
        await ApiWorld.ShouldRefuseAsync(await WithCookieAsync(world, HttpMethod.Post, pause, cookies), HttpStatusCode.Forbidden, "cross-site");
        await ApiWorld.ShouldRefuseAsync(await WithCookieAsync(world, HttpMethod.Post, pause, cookies, ("X-CSRF-TOKEN", "wrong")), HttpStatusCode.Forbidden, "cross-site");
        await ApiWorld.ShouldRefuseAsync(
            await WithCookieAsync(world, HttpMethod.Post, pause, cookies, ("X-CSRF-TOKEN", token), ("Origin", "https://evil.example")), HttpStatusCode.Forbidden, "cross-site");
        (await WithCookieAsync(world, HttpMethod.Post, pause, cookies, ("X-CSRF-TOKEN", token))).StatusCode.ShouldBe(HttpStatusCode.OK);
        (await world.ScalarAsync<string>("select via from audit where action = 'batch.pause'")).ShouldBe("page");
        var left = await WithCookieAsync(world, HttpMethod.Post, "/sign-out", cookies, ("X-CSRF-TOKEN", token));
        (left.StatusCode, left.Headers.GetValues("Set-Cookie").Single()).ShouldSatisfyAllConditions(
            answer => answer.StatusCode.ShouldBe(HttpStatusCode.NoContent), answer => answer.Item2.ShouldStartWith("darkroom=;"));
    }

    [Theory]
    [InlineData("Origin", "https://evil.example")]
    [InlineData("Origin", "null")]
    [InlineData("Sec-Fetch-Site", "cross-site")]
    [InlineData("Sec-Fetch-Site", "same-site")]
    public async Task NoKeys_ChangeThatAnotherSitesPageAsksFor_IsRefused(string header, string value)
    {
        await using var world = await ApiWorld.CreateAsync();
        var batch = await world.SubmitAsync();
        using var request = new HttpRequestMessage(HttpMethod.Post, $"/v1/batches/{batch}/cancel") { Headers = { { header, value } } };

        await ApiWorld.ShouldRefuseAsync(await world.Client.SendAsync(request, Cancel), HttpStatusCode.Forbidden, "cross-site");
        (await world.GetAsync($"/v1/batches/{batch}"))["state"]!.GetValue<string>().ShouldBe("queued");
    }

    [Fact]
    public async Task SignIn_WrongKeys_AreRefusedAndThenLimited()
    {
        await using var world = await ApiWorld.CreateAsync(("Api:SignInsPerMinute", "3"));
        var key = await world.AddKeyAsync(AccessRole.Viewer);
        for (var attempt = 0; attempt < 3; attempt++)
        {
            using var wrong = await world.Client.PostAsJsonAsync("/sign-in", new { key = "dk_0000000000_wrong" }, Cancel);
            await ApiWorld.ShouldRefuseAsync(wrong, HttpStatusCode.Unauthorized, "key-unknown");
        }

        using var limited = await world.Client.PostAsJsonAsync("/sign-in", new { key }, Cancel);
        await ApiWorld.ShouldRefuseAsync(limited, HttpStatusCode.TooManyRequests, "too-many-sign-ins");
        limited.Headers.Contains("Set-Cookie").ShouldBeFalse();
    }

    [Theory]
    [InlineData("/batches/1", "/batches/1")]
    [InlineData("//evil.example", "/")]
    [InlineData("/\\evil.example", "/")]
    [InlineData("https://evil.example", "/")]
    public async Task SignIn_Form_GoesOnToAPageOfOursAlone(string next, string expected)
    {
        await using var world = await ApiWorld.CreateAsync();
        var key = await world.AddKeyAsync(AccessRole.Viewer);
        using var form = new FormUrlEncodedContent([KeyValuePair.Create("key", key), KeyValuePair.Create("next", next)]);

        using var answer = await world.Client.PostAsync("/sign-in", form, Cancel);

        answer.StatusCode.ShouldBe(HttpStatusCode.Redirect);
        answer.Headers.Location!.OriginalString.ShouldBe(expected);
    }

    [Fact]
    public async Task Browser_WithoutSignIn_IsLedToIt()
    {
        await using var world = await ApiWorld.CreateAsync();
        await world.AddKeyAsync(AccessRole.Viewer);
        using var request = new HttpRequestMessage(HttpMethod.Get, "/costs?day=1") { Headers = { { "Accept", "text/html" } } };

        using var answer = await world.Client.SendAsync(request, Cancel);

        answer.StatusCode.ShouldBe(HttpStatusCode.Redirect);
        answer.Headers.Location!.OriginalString.ShouldBe("/sign-in?next=%2Fcosts%3Fday%3D1");
        var page = await world.Client.GetAsync("/sign-in?next=%22%3E%3Cscript%3E", Cancel);
        (await page.Content.ReadAsStringAsync(Cancel)).ShouldNotContain("\"><script>");
        page.Headers.GetValues("Content-Security-Policy").Single().ShouldNotContain("unsafe");
    }

    [Fact]
    public async Task EveryAnswer_HasSecurityHeaders()
    {
        await using var world = await ApiWorld.CreateAsync();
        foreach (var path in new[] { "/v1/batches", "/nothing", "/sign-in" })
        {
            using var answer = await world.Client.GetAsync(path, Cancel);
            var policy = answer.Headers.GetValues("Content-Security-Policy").Single();
            policy.ShouldContain("default-src 'none'");
            policy.ShouldContain("frame-ancestors 'none'");
            answer.Headers.GetValues("X-Content-Type-Options").ShouldBe(["nosniff"]);
        }
    }

    private static async Task<string> SignInAsync(ApiWorld world, string key)
    {
        using var answer = await world.Client.PostAsJsonAsync("/sign-in", new { key }, Cancel);
        answer.StatusCode.ShouldBe(HttpStatusCode.NoContent);
        var cookie = answer.Headers.GetValues("Set-Cookie").Single();
        cookie.ShouldContain("httponly", Case.Insensitive);
        cookie.ShouldContain("samesite=strict", Case.Insensitive);
        return cookie.Split(';')[0];
    }

    private static async Task<HttpResponseMessage> WithCookieAsync(ApiWorld world, HttpMethod method, string path, string cookie, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(method, path);
        request.Headers.Add("Cookie", cookie);
        foreach (var (name, value) in headers) request.Headers.Add(name, value);
        return await world.Client.SendAsync(request, Cancel);
    }
}
