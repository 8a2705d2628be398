using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Darkroom.Simulator;
using Darkroom.Worker.Tests.Ops;
using Darkroom.Worker.Tests.Processes;
using Microsoft.Playwright;

namespace Darkroom.Worker.Tests.Pages;

/// <summary>
/// A worker in a process of its own on the simulator, and a browser that looks at it. One world serves the tests of a class one after the other; each makes batches of its
/// own.
/// </summary>
public sealed partial class PageWorld : IAsyncLifetime
{
    /// <summary>How long anything may take that a page waits for. Machines are slow at times; nothing waits this long when all is well.</summary>
    private const float Patience = 60_000;

    private CliWorld? _world;
    private IPlaywright? _playwright;
    private IBrowser? _browser;
    private (string Batch, string Item)? _sample;

    internal CliWorld World => _world!;

    /// <summary>Where the worker listens.</summary>
    public Uri Address { get; private set; } = new("http://127.0.0.1:9/");

    /// <inheritdoc/>
    public async ValueTask InitializeAsync()
    {
        if (Chromium.Path is null) return;
        _world = await CliWorld.CreateAsync(new SimulatorOptions { ModerationWords = ["weapon"] });
        World.Environment["Limits__Default__ImagesPerMinute"] = "1200";
        World.Environment["Sources__AllowedHosts__0"] = World.Simulator.BaseUrl.Authority;
        World.Environment["Api__SignInsPerMinute"] = "100";
        World.Environment["Budgets__MonthUsd"] = "5000";
        var worker = World.StartWorker();
        await worker.UntilPrintedAsync("/health/ready tells how it is");
        Address = new Uri(ListeningOn().Match(worker.Out + worker.Error).Groups["url"].Value);
        _playwright = await Playwright.CreateAsync();
        _browser = await Chromium.LaunchAsync(_playwright);
        Assertions.SetDefaultExpectTimeout(Patience);
    }

    /// <summary>Opens a page in a browser profile of its own; skips, or fails in CI, where there is no browser.</summary>
    public async Task<IPage> OpenAsync(string path, int width = 1280, bool dark = false)
    {
        if (_browser is null) Chromium.Miss("There is no Chromium. Install it, or name it in DARKROOM_CHROMIUM; ./verify does.");
        var context = await _browser!.NewContextAsync(new BrowserNewContextOptions
        {
            BaseURL = Address.ToString(),
            ViewportSize = new ViewportSize { Width = width, Height = 860 },
            ColorScheme = dark ? ColorScheme.Dark : ColorScheme.Light,
            ReducedMotion = ReducedMotion.Reduce,
        });
        context.SetDefaultTimeout(Patience);
        await context.APIRequest.GetAsync($"/?token={World.Token}");
        var page = await context.NewPageAsync();
        await page.GotoAsync(path);
        return page;
    }

    /// <summary>Waits until a page hears of changes.</summary>
    public async Task UntilLiveAsync(IPage page) => await Assertions.Expect(page.Locator("body")).ToHaveAttributeAsync("data-live", "on");

    /// <summary>Rows whose images the simulator serves, each different.</summary>
    internal string Rows(int items, string prompt = "Put it on white") => string.Concat(Enumerable.Range(1, items).Select(number => Row($"item-{number}", $"{prompt} {number}") + "\n"));

    internal string Row(string id, string prompt) => new JsonObject
    {
        ["id"] = id,
        ["image"] = new Uri(World.Simulator.BaseUrl, $"/catalogue/mug.png?{Guid.NewGuid():N}").ToString(),
        ["prompt"] = prompt,
        ["options"] = new JsonObject { ["size"] = "1024x1024", ["quality"] = "low" },
    }.ToJsonString();

    /// <summary>Submits rows under a name; returns the batch.</summary>
    internal async Task<string> SubmitAsync(string name, string rows, string fields = "")
    {
        using var client = Client();
        using var answer = await client.PostAsync($"/v1/batches?name={Uri.EscapeDataString(name)}&yes=true{fields}", new StringContent(rows, new System.Net.Http.Headers.MediaTypeHeaderValue("application/jsonl")));
        var text = await answer.Content.ReadAsStringAsync();
        answer.IsSuccessStatusCode.ShouldBeTrue(text);
        return JsonNode.Parse(text)!["batch"]!.GetValue<string>();
    }

    /// <summary>A batch with one good item and one refused, and the good item; made when first asked for.</summary>
    internal async Task<(string Batch, string Item)> SampleAsync()
    {
        if (_sample is { } known) return known;
        var batch = await SubmitAsync("sample", Rows(5) + Row("armed", "Add a weapon") + "\n");
        await UntilEndedAsync(batch);
        var item = (await GetAsync($"/v1/batches/{batch}/items?state=succeeded&limit=1"))["items"]![0]!["item"]!.GetValue<long>();
        _sample = (batch, item.ToString(System.Globalization.CultureInfo.InvariantCulture));
        return _sample.Value;
    }

    /// <summary>Waits until a batch has ended.</summary>
    internal async Task UntilEndedAsync(string batch)
    {
        using var client = Client();
        await Poll.UntilAsync(async () => JsonNode.Parse(await client.GetStringAsync($"/v1/batches/{batch}"))!["finished_at"] is not null, $"the end of batch {batch}");
    }

    internal async Task<JsonNode> GetAsync(string path)
    {
        using var client = Client();
        return JsonNode.Parse(await client.GetStringAsync(path))!;
    }

    internal HttpClient Client() => World.LocalClient(Address);

    /// <summary>Keeps a picture of a page for people to look at.</summary>
    internal static async Task KeepAsync(IPage page, string name)
    {
        var folder = RepositoryFile.PathOf("artifacts", "screenshots");
        Directory.CreateDirectory(folder);
        await page.ScreenshotAsync(new PageScreenshotOptions { Path = Path.Combine(folder, $"{name}.png") });
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (_browser is not null) await _browser.DisposeAsync();
        _playwright?.Dispose();
        if (_world is not null) await _world.DisposeAsync();
    }

    [GeneratedRegex(@"Listening on (?<url>http://[^\s;,]+);", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex ListeningOn();
}
