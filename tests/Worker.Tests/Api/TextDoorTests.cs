using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Reflection;
using System.Text;
using Darkroom.Jobs.Access;
using Microsoft.AspNetCore.Routing;

namespace Darkroom.Worker.Tests.Api;

/// <summary>Text that can't be stored is refused with its field's name, wherever it enters, and never an error of ours.</summary>
public sealed class TextDoorTests(SharedApiWorld shared) : IClassFixture<SharedApiWorld>
{
    private static readonly string[] BadPaths = ["%00", "x%00", "%ED%A0%80", "%ED%B0%80", "%C0%80", "%FF", "%2500", "%F4%90%80%80", "%u0000", "%EF%BF%BF"];

    // Of every body that the API takes.
    private static readonly string[] Fields =
        ["key", "next", "decision", "note", "states", "reason", "items", "max_cost_usd", "prompt", "again", "name", "cron", "time_zone", "manifest", "overlap", "replace", "fields", "group", "endpoint"];

    [Fact]
    public async Task EveryRoute_TextThatCannotBeStored_IsRefused()
    {
        await using var world = await ApiWorld.CreateAsync(("Api:SignInsPerMinute", "1000"));
        var batch = await world.SubmitAsync(1);
        var routes = ((IEndpointRouteBuilder)world.App).DataSources.SelectMany(source => source.Endpoints).OfType<RouteEndpoint>().ToList();
        routes.Count.ShouldBeGreaterThan(40);
        foreach (var route in routes)
        {
            var pattern = route.RoutePattern;
            var path = "/" + string.Join('/', pattern.PathSegments.Select(segment => string.Concat(segment.Parts.Select(part => part switch
            {
                Microsoft.AspNetCore.Routing.Patterns.RoutePatternLiteralPart literal => literal.Content,
                Microsoft.AspNetCore.Routing.Patterns.RoutePatternParameterPart { Name: "batch" } => batch,
                Microsoft.AspNetCore.Routing.Patterns.RoutePatternParameterPart { Name: "documentName" } => "v1",
                _ => "1",
            }))));
            var query = route.Metadata.GetMetadata<MethodInfo>()?.GetParameters().Where(one => one.ParameterType == typeof(string) || one.ParameterType == typeof(string[]))
                .Select(one => one.Name!).Where(name => pattern.GetParameter(name) is null) ?? [];
            foreach (var method in route.Metadata.GetMetadata<HttpMethodMetadata>()?.HttpMethods ?? ["GET"])
            {
                foreach (var name in query.Append("no_such").Append("prompt"))
                    foreach (var bad in new[] { "%00", "a%00b" })
                        await ShouldRefuseAsync(world, method, $"{path}?{name}={bad}", null, name);
                await ShouldRefuseAsync(world, method, $"{path}?a%00=1", null, "query");
                foreach (var parameter in pattern.Parameters)
                {
                    foreach (var bad in BadPaths)
                    {
                        var place = string.Join('/', pattern.RawText!.Split('/').Select(part => part.Contains($"{{{parameter.Name}", StringComparison.Ordinal) ? bad : part.StartsWith('{') ? "1" : part));
                        ((int)(await SendAsync(world, method, place.StartsWith('/') ? place : "/" + place, null)).StatusCode).ShouldBeInRange(400, 499, $"{method} {place}");
                    }
                }

                if (method is not "POST" || path is "/sign-out" or "/v1/batches" or "/v1/estimates") continue;
                foreach (var bad in new[] { "\\u0000", "a\\u0000b", "\\ud800", "\\udc00x", "\\ud800\\ud800" })
                {
                    await ShouldRefuseAsync(world, method, path, Json($"{{\"{bad}\":1}}"), "body");
                    foreach (var field in Fields)
                    {
                        await ShouldRefuseAsync(world, method, path, Json($"{{\"{field}\":\"{bad}\"}}"), field);
                        await ShouldRefuseAsync(world, method, path, Json($"{{\"{field}\":[{{\"x\":\"{bad}\"}}]}}"), $"{field}[0].x");
                    }
                }

                await ShouldRefuseAsync(world, method, path, new ByteArrayContent([.. "{\"key\":\""u8, 0xff, .. "\"}"u8]) { Headers = { ContentType = new MediaTypeHeaderValue("application/json") } }, "key");
            }
        }
    }

    [Fact]
    public async Task SignIn_AnyBody_IsNoErrorOfOurs()
    {
        await using var world = await ApiWorld.CreateAsync(("Api:SignInsPerMinute", "1000"));
        await world.AddKeyAsync(AccessRole.Viewer);
        var key = $"dk_01234\0678_{new string('x', 43)}";
        foreach (var (content, field) in new (HttpContent, string?)[]
        {
            (new FormUrlEncodedContent([KeyValuePair.Create("key", key)]), "body"), (new FormUrlEncodedContent([KeyValuePair.Create("next", "/\0")]), "body"),
            (new MultipartFormDataContent { { new StringContent(key), "key" } }, "key"), (Json("{\"key\":\"\\ud800\"}"), "key"), (Json("nonsense"), "body"), (Json("[]"), "body"),
            (new StringContent("x", new MediaTypeHeaderValue("multipart/form-data")), "body"), (new StringContent("--a\r\n", MediaTypeHeaderValue.Parse("multipart/form-data; boundary=a")), "body"),
        })
            await ShouldRefuseAsync(world, "POST", "/sign-in", content, field!);
        // By cookie, the form is read for its CSRF token before anything else.
        using var signIn = await SendAsync(world, "POST", "/sign-in", Json($"{{\"key\":\"{await world.AddKeyAsync(AccessRole.Operator, "signed-in")}\"}}"));
        using var signedIn = world.CreateClient();
        signedIn.DefaultRequestHeaders.Add("Cookie", signIn.Headers.GetValues("Set-Cookie").Single().Split(';')[0]);
        foreach (var body in new[] { "a=%00", "%00=a" })
        {
            using var answer = await signedIn.PostAsync("/sign-out", new StringContent(body, Encoding.UTF8, "application/x-www-form-urlencoded"), ApiWorld.Cancel);
            ((int)answer.StatusCode).ShouldBeInRange(400, 499);
        }

        // Ids have letters and digits of ours alone.
        foreach (var id in new[] { "0123456é89", "0123456_89", "ILOU456789" })
            (await SendAsync(world, "POST", "/sign-in", Json($"{{\"key\":\"dk_{id}_{new string('x', 43)}\"}}"))).StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task Submit_FieldsAndFileNames_AreRefusedByName()
    {
        await using var world = await ApiWorld.CreateAsync();
        foreach (var path in new[] { "/v1/batches", "/v1/estimates" })
        {
            foreach (var field in new[] { "name", "prompt", "tag", "webhook", "no_such" })
                await ShouldRefuseAsync(world, "POST", path, new MultipartFormDataContent { { ApiWorld.Manifest(ApiWorld.Rows(1)), "manifest", "m.jsonl" }, { new StringContent("a\0b"), field } }, field);
            // A name in MIME's encoding is decoded: this is "a", U+0000, ".jsonl".
            var encoded = ApiWorld.Manifest(ApiWorld.Rows(1));
            encoded.Headers.TryAddWithoutValidation("Content-Disposition", "form-data; name=manifest; filename=\"=?utf-8?B?YQAuanNvbmw=?=\"");
            await ShouldRefuseAsync(world, "POST", path, new MultipartFormDataContent { encoded }, "filename");
            foreach (var row in new[] { """{"id":"\u0000","image":"https://a.test/b.png","prompt":"p"}""", """{"id":"a","image":"https://a.test/b.png","prompt":"\ud800"}""" })
            {
                using var answer = await SendAsync(world, "POST", path, ApiWorld.Manifest(row));
                var text = await answer.Content.ReadAsStringAsync(ApiWorld.Cancel);
                (answer.StatusCode, text.Contains(row.Contains("ud800", StringComparison.Ordinal) ? "\"field\":\"prompt\"" : "\"field\":\"id\"", StringComparison.Ordinal))
                    .ShouldBe((path == "/v1/batches" ? HttpStatusCode.UnprocessableEntity : HttpStatusCode.OK, true), text);
            }
        }

        (await world.ScalarAsync<long>("select count(*) from batch")).ShouldBe(0);
    }

    [Theory]
    [InlineData("Cookie: darkroom=\0")]
    [InlineData("Cookie: darkroom=%00")]
    [InlineData("Cookie: darkroom=chunks-3")]
    [InlineData("Cookie: darkroom=%ED%A0%80; darkroom-csrf=%00")]
    [InlineData("Authorization: Bearer dk_01234\0678_xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx")]
    [InlineData("Authorization: Bearer dk_01234ÿ678_xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx")]
    [InlineData("Idempotency-Key: a\0b")]
    [InlineData("Idempotency-Key: ÿ")]
    [InlineData("Last-Event-ID: 1\0")]
    [InlineData("Accept: text/html;q=\0")]
    [InlineData("Origin: \0")]
    [InlineData("Content-Type: multipart/form-data; boundary=\"\0\"")]
    public async Task AnyHeader_BytesThatAreNoText_IsNoErrorOfOurs(string header)
    {
        var world = await shared.GetAsync();
        await world.AddKeyAsync(AccessRole.Admin, $"test-{Guid.NewGuid():N}");
        foreach (var start in new[] { "GET /v1/batches", "GET /", "GET /v1/events", "POST /v1/batches", "POST /sign-in", "POST /v1/schedules/x/run" })
        {
            using var client = new TcpClient();
            await client.ConnectAsync(IPAddress.Loopback, world.Address.Port, ApiWorld.Cancel);
            await client.GetStream().WriteAsync(Encoding.Latin1.GetBytes($"{start} HTTP/1.1\r\nHost: 127.0.0.1:{world.Address.Port}\r\nConnection: close\r\nContent-Length: 0\r\n{header}\r\n\r\n"), ApiWorld.Cancel);
            using var reader = new StreamReader(client.GetStream(), Encoding.Latin1);
            var status = await reader.ReadLineAsync(ApiWorld.Cancel);
            status.ShouldNotBeNull();
            int.Parse(status.Split(' ')[1]).ShouldBeInRange(300, 499, $"{start} {header}");
        }
    }

    private static StringContent Json(string text) => new(text, Encoding.UTF8, "application/json");

    private static Task<HttpResponseMessage> SendAsync(ApiWorld world, string method, string path, HttpContent? content) =>
        world.Client.SendAsync(new HttpRequestMessage(new HttpMethod(method), new Uri(world.Address.GetLeftPart(UriPartial.Authority) + path, new UriCreationOptions { DangerousDisablePathAndQueryCanonicalization = true })) { Content = content }, ApiWorld.Cancel);

    private static async Task ShouldRefuseAsync(ApiWorld world, string method, string path, HttpContent? content, string field)
    {
        using var answer = await SendAsync(world, method, path, content);
        var text = await answer.Content.ReadAsStringAsync(ApiWorld.Cancel);
        answer.StatusCode.ShouldBe(HttpStatusCode.BadRequest, $"{method} {path} {field}: {text}");
        System.Text.Json.Nodes.JsonNode.Parse(text)!["errors"]![0]!["field"]!.GetValue<string>().ShouldBe(field, $"{method} {path}: {text}");
    }
}
