using System.Net;
using System.Net.Http.Json;
using Darkroom.Jobs.Access;
using Darkroom.Worker.Tests.Processes;

namespace Darkroom.Worker.Tests.Api;

/// <summary>Who is let in, and to what; each refusal.</summary>
public sealed class AccessTests(SharedApiWorld shared) : IClassFixture<SharedApiWorld>
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
        var world = await shared.GetAsync();
        (await world.Client.GetAsync("/v1/batches", Cancel)).StatusCode.ShouldBe(HttpStatusCode.OK);
        using var request = new HttpRequestMessage(HttpMethod.Get, "/v1/batches");
        request.Headers.TryAddWithoutValidation(header, value);

        using var answer = await world.Client.SendAsync(request, Cancel);

        (await ApiWorld.ShouldRefuseAsync(answer, HttpStatusCode.Forbidden, "no-keys"))["detail"]!.GetValue<string>().ShouldContain("darkroom key add");
    }

    [Fact]
    public async Task NoKeys_WithoutTheToken_NobodyIsLocal()
    {
        await using var world = await ApiWorld.CreateAsync();
        var wrong = world.Token[..^1] + (world.Token[^1] == 'A' ? 'B' : 'A');
        foreach (var token in new[] { null, "x", wrong })
        {
            using var client = world.CreateClient(token);
            using var answer = await client.GetAsync("/v1/batches", Cancel);
            (await ApiWorld.ShouldRefuseAsync(answer, HttpStatusCode.Unauthorized, "token-needed"))["detail"]!.GetValue<string>().ShouldContain(".darkroom/token");
            using var link = await client.GetAsync($"/?token={token}", Cancel);
            link.Headers.Contains("Set-Cookie").ShouldBeFalse();
        }
    }

    [Fact]
    public async Task NoKeys_LinkOfTheWorker_SignsTheBrowserInAndLeavesTheTokenBehind()
    {
        await using var world = await ApiWorld.CreateAsync();
        using var answer = await world.Anybody.GetAsync($"/batches?state=running&token={world.Token}", Cancel);

        (answer.StatusCode, answer.Headers.Location!.OriginalString).ShouldBe((HttpStatusCode.Redirect, "/batches?state=running"));
        var cookie = answer.Headers.GetValues("Set-Cookie").Single().Split(';')[0];
        cookie.ShouldNotContain(world.Token);
        (await WithCookieAsync(world, HttpMethod.Get, "/v1/batches", cookie)).StatusCode.ShouldBe(HttpStatusCode.OK);

        // A key ends what the token gave.
        await world.AddKeyAsync(AccessRole.Admin);
        (await WithCookieAsync(world, HttpMethod.Get, "/v1/batches", cookie)).StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        using var late = await world.Anybody.GetAsync($"/?token={world.Token}", Cancel);
        late.Headers.Contains("Set-Cookie").ShouldBeFalse();
        await ApiWorld.ShouldRefuseAsync(await world.Client.GetAsync("/v1/batches", Cancel), HttpStatusCode.Unauthorized, "key-needed");
    }

    [Fact]
    public async Task NoKeys_TokenInTheForm_SignsIn()
    {
        await using var world = await ApiWorld.CreateAsync();
        using var form = new FormUrlEncodedContent([KeyValuePair.Create("key", world.Token), KeyValuePair.Create("next", "/costs")]);
        using var answer = await world.Anybody.PostAsync("/sign-in", form, Cancel);

        (answer.StatusCode, answer.Headers.Location!.OriginalString).ShouldBe((HttpStatusCode.Redirect, "/costs"));
        (await WithCookieAsync(world, HttpMethod.Get, "/v1/session", answer.Headers.GetValues("Set-Cookie").Single().Split(';')[0])).StatusCode.ShouldBe(HttpStatusCode.OK);
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
        var world = await shared.GetAsync();
        var batch = await world.SubmitAsync();
        var cookie = await SignInAsync(world, world.Token);
        var session = await WithCookieAsync(world, HttpMethod.Get, "/v1/session", cookie);
        var cookies = $"{cookie}; {session.Headers.GetValues("Set-Cookie").Single().Split(';')[0]}";
        var csrf = (await ApiWorld.JsonOfAsync(session))["csrf_token"]!.GetValue<string>();

        await ApiWorld.ShouldRefuseAsync(
            await WithCookieAsync(world, HttpMethod.Post, $"/v1/batches/{batch}/cancel", cookies, ("X-CSRF-TOKEN", csrf), (header, value)), HttpStatusCode.Forbidden, "cross-site");
        (await world.GetAsync($"/v1/batches/{batch}"))["state"]!.GetValue<string>().ShouldBe("queued");
    }

    [Fact]
    public async Task WrongKeys_OfOneId_ArePausedAndOthersOfTheSameAddressAreNot()
    {
        await using var world = await ApiWorld.CreateAsync(("Api:SignInsPerMinute", "3"));
        var key = await world.AddKeyAsync(AccessRole.Viewer);
        var wrong = key[..^2] + (key[^2..] == "AA" ? "BB" : "AA");
        for (var attempt = 0; attempt < 3; attempt++)
        {
            using var refused = await world.Anybody.PostAsJsonAsync("/sign-in", new { key = wrong }, Cancel);
            await ApiWorld.ShouldRefuseAsync(refused, HttpStatusCode.Unauthorized, "key-unknown");
        }

        using var limited = await world.Anybody.PostAsJsonAsync("/sign-in", new { key = wrong }, Cancel);
        await ApiWorld.ShouldRefuseAsync(limited, HttpStatusCode.TooManyRequests, "too-many-sign-ins");
        limited.Headers.RetryAfter!.Delta!.Value.ShouldBeGreaterThan(TimeSpan.Zero);
        // The same guess in a header is the same guess.
        using var guessing = world.CreateClient(wrong);
        await ApiWorld.ShouldRefuseAsync(await guessing.GetAsync("/v1/batches", Cancel), HttpStatusCode.TooManyRequests, "too-many-sign-ins");

        var administrator = await world.AddKeyAsync(AccessRole.Admin);
        await SignInAsync(world, administrator);
    }

    [Fact]
    public async Task SignOut_CopyOfTheCookie_IsOfNoUse()
    {
        await using var world = await ApiWorld.CreateAsync();
        var key = await world.AddKeyAsync(AccessRole.Viewer);
        var (cookie, other) = (await SignInAsync(world, key), await SignInAsync(world, key));
        var session = await WithCookieAsync(world, HttpMethod.Get, "/v1/session", cookie);
        var csrf = (await ApiWorld.JsonOfAsync(session))["csrf_token"]!.GetValue<string>();
        var cookies = $"{cookie}; {session.Headers.GetValues("Set-Cookie").Single().Split(';')[0]}";

        (await WithCookieAsync(world, HttpMethod.Post, "/sign-out", cookies, ("X-CSRF-TOKEN", csrf))).StatusCode.ShouldBe(HttpStatusCode.NoContent);

        (await WithCookieAsync(world, HttpMethod.Get, "/v1/batches", cookie)).StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        (await WithCookieAsync(world, HttpMethod.Get, "/v1/batches", other)).StatusCode.ShouldBe(HttpStatusCode.OK);
        (await world.ScalarAsync<long>("select count(*) from session")).ShouldBe(1);
        // What the table holds can't be sent.
        var stored = await world.ScalarAsync<byte[]>("select sha256 from session");
        foreach (var text in new[] { Convert.ToBase64String(stored), Convert.ToHexString(stored) })
            (await WithCookieAsync(world, HttpMethod.Get, "/v1/batches", $"darkroom={Uri.EscapeDataString(text)}")).StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task Session_Unvisited_EndsAfterItsLifetimeAndIsProlongedByVisits()
    {
        await using var world = await ApiWorld.CreateAsync(("Api:SessionLifetime", "01:00:00"));
        var cookie = await SignInAsync(world, await world.AddKeyAsync(AccessRole.Viewer));
        await world.ExecuteAsync("update session set expires_at = now() + interval '20 minutes'");
        (await WithCookieAsync(world, HttpMethod.Get, "/v1/batches", cookie)).StatusCode.ShouldBe(HttpStatusCode.OK);
        (await world.ScalarAsync<bool>("select expires_at > now() + interval '50 minutes' from session")).ShouldBeTrue();

        await world.ExecuteAsync("update session set expires_at = now()");

        (await WithCookieAsync(world, HttpMethod.Get, "/v1/batches", cookie)).StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
    }

    [Theory]
    [InlineData("https://darkroom.example", true)]
    [InlineData("http://darkroom.example", false)]
    [InlineData(null, false)]
    public async Task PublicUrl_Https_CookiesAreSecureAndBrowsersStayOnTls(string? publicUrl, bool secure)
    {
        await using var world = await ApiWorld.CreateAsync(publicUrl is null ? [] : [("Api:PublicUrl", publicUrl)]);
        var key = await world.AddKeyAsync(AccessRole.Viewer);

        using var answer = await world.Anybody.PostAsJsonAsync("/sign-in", new { key }, Cancel);
        var cookie = answer.Headers.GetValues("Set-Cookie").Single();
        var session = await WithCookieAsync(world, HttpMethod.Get, "/v1/session", cookie.Split(';')[0]);

        cookie.Contains("secure", StringComparison.OrdinalIgnoreCase).ShouldBe(secure);
        session.Headers.GetValues("Set-Cookie").Single().Contains("secure", StringComparison.OrdinalIgnoreCase).ShouldBe(secure);
        answer.Headers.Contains("Strict-Transport-Security").ShouldBe(secure);
        // The page's origin is the public one, whatever Host the proxy sends.
        if (publicUrl is not null)
            (await WithCookieAsync(world, HttpMethod.Post, "/sign-out", $"{cookie.Split(';')[0]}; {session.Headers.GetValues("Set-Cookie").Single().Split(';')[0]}",
                ("X-CSRF-TOKEN", (await ApiWorld.JsonOfAsync(session))["csrf_token"]!.GetValue<string>()), ("Origin", publicUrl))).StatusCode.ShouldBe(HttpStatusCode.NoContent);
    }

    [Theory]
    [InlineData("127.0.0.1", "203.0.113.9", true)]
    [InlineData("127.0.0.0/8", "203.0.113.9", true)]
    [InlineData("10.0.0.0/8", "203.0.113.9", false)]
    public async Task KnownProxies_ThoseAlone_AreBelieved(string known, string from, bool believed)
    {
        await using var world = await ApiWorld.CreateAsync(("Api:SignInsPerMinute", "1"), ("Api:KnownProxies:0", known));
        await world.AddKeyAsync(AccessRole.Viewer);
        (await SignInFromAsync("198.51.100.1")).ShouldBe(HttpStatusCode.Unauthorized);
        (await SignInFromAsync("198.51.100.1")).ShouldBe(HttpStatusCode.TooManyRequests);

        (await SignInFromAsync(from)).ShouldBe(believed ? HttpStatusCode.Unauthorized : HttpStatusCode.TooManyRequests);

        async Task<HttpStatusCode> SignInFromAsync(string address)
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, "/sign-in") { Content = JsonContent.Create(new { key = "dk_0000000000_wrong-wrong-wrong" }) };
            request.Headers.Add("X-Forwarded-For", address);
            using var answer = await world.Anybody.SendAsync(request, Cancel);
            return answer.StatusCode;
        }
    }

    [Fact]
    public async Task EventStreams_OneKeyTakesAllOfItsOwn_OthersHaveTheirs()
    {
        await using var world = await ApiWorld.CreateAsync(("Api:EventStreamsPerKey", "2"), ("Api:EventStreamsPerSession", "1"), ("Api:MaxEventStreams", "5"));
        var (greedy, other) = (await world.AddKeyAsync(AccessRole.Viewer, "greedy"), await world.AddKeyAsync(AccessRole.Viewer, "other"));
        using var viewer = world.CreateClient(greedy);
        using var neighbour = world.CreateClient(other);
        var open = new List<HttpResponseMessage>();
        for (var stream = 0; stream < 2; stream++) open.Add(await OpenAsync(viewer));
        await ApiWorld.ShouldRefuseAsync(await OpenAsync(viewer), HttpStatusCode.TooManyRequests, "too-many-streams");

        open.Add(await OpenAsync(neighbour));
        open[^1].StatusCode.ShouldBe(HttpStatusCode.OK);
        using (var signedIn = world.CreateClient())
        {
            signedIn.DefaultRequestHeaders.Add("Cookie", await SignInAsync(world, other));
            open.Add(await OpenAsync(signedIn));
            open[^1].StatusCode.ShouldBe(HttpStatusCode.OK);
            await ApiWorld.ShouldRefuseAsync(await OpenAsync(signedIn), HttpStatusCode.TooManyRequests, "too-many-streams");
        }

        // A stream that is closed makes room.
        open[0].Dispose();
        await Poll.UntilAsync(async () =>
        {
            var again = await OpenAsync(viewer);
            if (again.StatusCode == HttpStatusCode.OK) open.Add(again);
            return again.StatusCode == HttpStatusCode.OK;
        }, "room for another stream");
        foreach (var answer in open) answer.Dispose();

        static Task<HttpResponseMessage> OpenAsync(HttpClient client) => client.GetAsync("/v1/events", HttpCompletionOption.ResponseHeadersRead, Cancel);
    }

    [Fact]
    public async Task Requests_OneKeyFillsItsQueue_OthersAreServed()
    {
        await using var world = await ApiWorld.CreateAsync(("Api:RequestsPerKey", "1"));
        var (greedy, other) = (await world.AddKeyAsync(AccessRole.Admin, "greedy"), await world.AddKeyAsync(AccessRole.Viewer, "other"));
        using var many = world.CreateClient(greedy);
        using var neighbour = world.CreateClient(other);
        await using var connection = await world.Database.DataSource.OpenConnectionAsync(Cancel);
        await using var holding = await connection.BeginTransactionAsync(Cancel);
        await using (var command = new Npgsql.NpgsqlCommand("lock table audit", connection)) await command.ExecuteNonQueryAsync(Cancel);

        // One request waits for the lock, and 200 for that one; the rest are refused at once.
        var requests = Enumerable.Range(0, 230).Select(_ => many.GetAsync("/v1/audit", Cancel)).ToList();
        await Poll.UntilAsync(() => requests.Count(request => request is { IsCompletedSuccessfully: true, Result.StatusCode: HttpStatusCode.TooManyRequests }) == 29, "29 refusals");
        (await neighbour.GetAsync("/v1/batches", Cancel)).StatusCode.ShouldBe(HttpStatusCode.OK);

        await holding.RollbackAsync(Cancel);
        (await Task.WhenAll(requests)).Count(request => request.StatusCode == HttpStatusCode.OK).ShouldBe(201);
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

        using var answer = await world.Anybody.PostAsync("/sign-in", form, Cancel);

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
        using var answer = await world.Anybody.PostAsJsonAsync("/sign-in", new { key }, Cancel);
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
        return await world.Anybody.SendAsync(request, Cancel);
    }
}
