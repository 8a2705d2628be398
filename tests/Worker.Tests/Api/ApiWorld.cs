using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using Darkroom.Jobs.Access;
using Darkroom.Jobs.Batches;
using Darkroom.Testing.Postgres;
using Darkroom.Worker.Access;
using Darkroom.Worker.Api;
using Darkroom.Worker.Configuration;
using Darkroom.Worker.Hosting;
using Darkroom.Worker.Tests.Processes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Darkroom.Worker.Tests.Api;

/// <summary>The HTTP side as a worker serves it, on a free port, over a database of its own; nothing works on the batches.</summary>
internal sealed class ApiWorld : IAsyncDisposable
{
    private readonly DarkroomSession _session;

    private ApiWorld(TestDatabase database, TemporaryFolder folder, DarkroomSession session, WebApplication app)
    {
        (Database, Folder, _session, App) = (database, folder, session, app);
        Token = app.Services.GetRequiredService<LocalToken>().Text;
        Client = CreateClient(Token);
        Anybody = CreateClient();
    }

    public static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public TestDatabase Database { get; }

    public TemporaryFolder Folder { get; }

    public WebApplication App { get; }

    public Uri Address => new(App.Urls.Single());

    /// <summary>The worker's token.</summary>
    public string Token { get; }

    /// <summary>A client of this machine's own user, with the worker's token; it isn't let in once there are keys.</summary>
    public HttpClient Client { get; }

    /// <summary>A client that says nothing of who it is.</summary>
    public HttpClient Anybody { get; }

    public IBatchStore Batches => App.Services.GetRequiredService<IBatchStore>();

    public static Task<ApiWorld> CreateAsync(params (string Key, string Value)[] settings) => CreateAsync(_ => { }, settings);

    /// <summary>With other services than the program's own, as on a machine that lacks something.</summary>
    public static async Task<ApiWorld> CreateAsync(Action<IServiceCollection> configure, params (string Key, string Value)[] settings)
    {
        var database = await TestDatabase.CreateAsync();
        var folder = new TemporaryFolder();
        var overrides = new Dictionary<string, string?>(StringComparer.Ordinal)
        {
            ["ConnectionStrings:Postgres"] = database.ConnectionString,
            ["Edit:BaseUrl"] = "http://127.0.0.1:9/v1/",
        };
        foreach (var (key, value) in settings) overrides[key] = value;
        var session = await DarkroomSession.OpenAsync(DarkroomConfiguration.Load(TestSurroundings.In(folder.Path), overrides), folder.Path, _ => { }, migrate: false, Cancel);
        var builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions { ContentRootPath = folder.Path });
        builder.Configuration.Sources.Clear();
        builder.Configuration.AddConfiguration(session.Configuration);
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Services.AddDarkroom(session).AddDarkroomApi();
        configure(builder.Services);
        var app = builder.Build();
        app.UseDarkroomFront();
        app.UseDarkroomAccess();
        app.MapDarkroomApi();
        await app.StartAsync(Cancel);
        return new ApiWorld(database, folder, session, app);
    }

    public HttpClient CreateClient(string? key = null, bool redirects = false)
    {
        var client = new HttpClient(new HttpClientHandler { UseCookies = false, AllowAutoRedirect = redirects }) { BaseAddress = Address, Timeout = TimeSpan.FromSeconds(60) };
        if (key is not null) client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", key);
        return client;
    }

    /// <summary>Makes a key.</summary>
    public async Task<string> AddKeyAsync(AccessRole role, string? name = null)
    {
        var (token, text) = KeyToken.Create();
        (await App.Services.GetRequiredService<IAccessKeyStore>().AddAsync(name ?? $"test-{role}", role, token, new Actor("tester", "cli"), Cancel)).ShouldBeTrue();
        return text;
    }

    public static string Rows(int items, string prompt = "Put it on white") => string.Concat(Enumerable.Range(1, items).Select(number => CliWorld.Row($"item-{number}", prompt, number == 1 ? "" : $"?row={number}") + "\n"));

    public static StringContent Manifest(string text, string type = "application/jsonl") => new(text, Encoding.UTF8, type);

    /// <summary>Submits rows; returns the batch.</summary>
    public async Task<string> SubmitAsync(int items = 3, string query = "")
    {
        using var answer = await Client.PostAsync($"/v1/batches{query}", Manifest(Rows(items)), Cancel);
        answer.StatusCode.ShouldBe(HttpStatusCode.Created, await answer.Content.ReadAsStringAsync(Cancel));
        return (await JsonOfAsync(answer))["batch"]!.GetValue<string>();
    }

    public static async Task<JsonObject> JsonOfAsync(HttpResponseMessage answer) => JsonNode.Parse(await answer.Content.ReadAsStringAsync(Cancel))!.AsObject();

    public async Task<JsonNode> GetAsync(string path) => JsonNode.Parse(await Client.GetStringAsync(path, Cancel))!;

    /// <summary>Checks that an answer is a problem of a kind; returns it.</summary>
    public static async Task<JsonObject> ShouldRefuseAsync(HttpResponseMessage answer, HttpStatusCode status, string type)
    {
        var text = await answer.Content.ReadAsStringAsync(Cancel);
        answer.StatusCode.ShouldBe(status, text);
        answer.Content.Headers.ContentType!.MediaType.ShouldBe("application/problem+json");
        var problem = JsonNode.Parse(text)!.AsObject();
        problem["type"]!.GetValue<string>().ShouldBe($"urn:darkroom:problem:{type}", text);
        problem["status"]!.GetValue<int>().ShouldBe((int)status);
        problem["title"]!.GetValue<string>().ShouldNotBeNullOrEmpty();
        return problem;
    }

    public async Task ExecuteAsync(string sql)
    {
        await using var command = Database.DataSource.CreateCommand(sql);
        await command.ExecuteNonQueryAsync(Cancel);
    }

    public async Task<T> ScalarAsync<T>(string sql)
    {
        await using var command = Database.DataSource.CreateCommand(sql);
        return (T)(await command.ExecuteScalarAsync(Cancel))!;
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        Anybody.Dispose();
        await App.StopAsync(CancellationToken.None);
        await App.DisposeAsync();
        await _session.DisposeAsync();
        await Database.DisposeAsync();
        Folder.Dispose();
    }
}
