using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json.Nodes;

namespace Darkroom.Simulator.Tests;

/// <summary>A running simulator and a client for it, for one test.</summary>
internal sealed class Simulation : IAsyncDisposable
{
    private Simulation(SimulatorServer server)
    {
        Server = server;
        Client = new HttpClient { Timeout = TimeSpan.FromSeconds(60) };
        Client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", "sk-test");
    }

    public SimulatorServer Server { get; }

    public HttpClient Client { get; }

    public static CancellationToken Token => TestContext.Current.CancellationToken;

    public static async Task<Simulation> StartAsync(SimulatorOptions? options = null) =>
        new(await SimulatorServer.StartAsync(options ?? new SimulatorOptions(), Token));

    /// <summary>Waits for something that other threads bring about; the test fails when it takes more than half a minute.</summary>
    public static async Task UntilAsync(Func<bool> done)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(Token);
        deadline.CancelAfter(TimeSpan.FromSeconds(30));
        while (!done())
        {
            await Task.Delay(2, deadline.Token);
        }
    }

    /// <summary>The smallest valid body, with members added, replaced, or (null) removed.</summary>
    public static JsonObject Body(params (string Name, JsonNode? Value)[] changes)
    {
        var body = new JsonObject
        {
            ["model"] = "gpt-image-2",
            ["prompt"] = "Put it on white",
            ["images"] = new JsonArray(new JsonObject { ["image_url"] = "https://shop.example/mug.png" }),
        };
        foreach (var (name, value) in changes)
        {
            if (value is null)
            {
                body.Remove(name);
            }
            else
            {
                body[name] = value;
            }
        }

        return body;
    }

    public static JsonArray Images(params string[] urls) => [.. urls.Select(u => (JsonNode)new JsonObject { ["image_url"] = u })];

    public Uri At(string path) => new(Server.BaseUrl, path);

    public Task<HttpResponseMessage> EditAsync(JsonObject body) => Client.PostAsJsonAsync(At("/v1/images/edits"), body, Token);

    /// <summary>Sends an edit that must succeed, and reads its answer.</summary>
    public async Task<JsonNode> EditOkAsync(params (string Name, JsonNode? Value)[] changes)
    {
        using var answer = await EditAsync(Body(changes));
        var text = await answer.Content.ReadAsStringAsync(Token);
        ((int)answer.StatusCode).ShouldBe(200, text);
        return JsonNode.Parse(text)!;
    }

    /// <summary>Sends an edit that must be refused, and reads the error.</summary>
    public async Task<(int Status, JsonNode Error)> EditRefusedAsync(JsonObject body)
    {
        using var answer = await EditAsync(body);
        var text = await answer.Content.ReadAsStringAsync(Token);
        ((int)answer.StatusCode).ShouldBeGreaterThanOrEqualTo(400, text[..Math.Min(text.Length, 200)]);
        return ((int)answer.StatusCode, JsonNode.Parse(text)!["error"]!);
    }

    public Task<HttpResponseMessage> PostTextAsync(string path, string text, string type = "application/json") =>
        Client.PostAsync(At(path), new StringContent(text, Encoding.UTF8, type), Token);

    public static byte[] ImageOf(JsonNode answer, int at = 0) => Convert.FromBase64String(answer["data"]![at]!["b64_json"]!.GetValue<string>());

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await Server.DisposeAsync();
        Server.Account.Summary.LastDefect.ShouldBeNull();
    }
}
