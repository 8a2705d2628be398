using System.Text;
using Darkroom.Testing.Azurite;
using Darkroom.Testing.Postgres;
using Darkroom.Worker.Tests.Processes;
using Darkroom.Worker.Tests.Webhooks;

namespace Darkroom.Worker.Tests.Cli;

/// <summary>
/// Secrets of every kind are planted, and a worker does what it does, with all that it would log: none of them turns up in what any process prints, in
/// any table (Hangfire's, too), in results, or in what the API and Hangfire's pages answer.
/// </summary>
public sealed class WorkerSecretsTests
{
    private const string Password = "planted-database-password";
    // Base64, as account keys are: "planted-account-key-planted".
    private const string AccountKey = "cGxhbnRlZC1hY2NvdW50LWtleS1wbGFudGVk";
    private static readonly string[] Secrets = ["planted", AccountKey];

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Worker_WithSecretsEverywhere_LeavesThemNowhere()
    {
        var database = await TestDatabase.CreateAsync();
        await using var role = await PlantedRole.CreateAsync(Password);
        // Disposed first: a role can go when it owns nothing any more.
        await using var world = await CliWorld.CreateAsync(database);
        await using var hooks = await HookReceiver.StartAsync();
        await using var azurite = AzuriteExecutable.Find() is { } executable ? await AzuriteServer.StartAsync(executable, Cancel) : null;
        if (azurite is null && AzuriteExecutable.IsRequired) Assert.Fail(AzuriteExecutable.Missing);
        Plant(world, role.ConnectionString(database, Password), hooks, azurite);
        var root = new Uri(world.Simulator.BaseUrl, "/");
        world.Folder.Write("m.jsonl", $$"""
            {"id":"item-1","image":"{{root}}catalogue/mug.png?sv=1&sig=plantedOne%2Bx","prompt":"p"}
            {"id":"item-2","image":"{{root}}catalogue/nothing.png?sv=1&sig=plantedTwo%2Bx","prompt":"p"}
            {"id":"item-3","image":"https://user:plantedThree@shop.example/a.png","prompt":"p"}

            """);
        var seen = new StringBuilder();
        async Task<CliResult> RunAsync(params string[] arguments)
        {
            var result = await world.RunAsync(arguments);
            seen.Append(result.Out).Append(result.Error);
            return result;
        }

        // Credentials in an address are refused, and not repeated; then the row goes.
        (await RunAsync("submit", "m.jsonl", "--fetch", "worker")).ShouldExit(2).Error.ShouldContain("m.jsonl:3");
        world.Folder.Write("m.jsonl", string.Join('\n', (await File.ReadAllLinesAsync(Path.Combine(world.Folder.Path, "m.jsonl"), Cancel))[..2]));
        var batch = (await RunAsync("submit", "m.jsonl", "--fetch", "worker", "--max-attempts", "1", "--size", "1024x1024", "--quality", "low", "--json")).ShouldExit(0).Json["batch"]!.GetValue<string>();
        var worker = world.StartWorker();
        await worker.UntilPrintedAsync("Listening on ");
        (await RunAsync("watch", batch)).ShouldExit(1);
        await Poll.UntilAsync(() => !hooks.Received.IsEmpty, "the webhook");
        await Poll.UntilAsync(async () => await world.CountAsync("select count(*) from batch where results_of = finished_at") == 1, "the results");
        foreach (var command in (string[][])[["status", batch, "--json"], ["results", batch], ["results", batch, "--format", "csv"], ["report", "--json"], ["doctor", "--json"], ["list", "--json"], ["limits"], ["webhook", "list", "--json"], ["download", batch, "here", "--json"]])
            await RunAsync(command);
        await ReadPagesAsync(await world.ClientOfAsync(worker), batch, await world.CountAsync("select min(id) from item"), seen);
        await worker.SignalAsync("TERM");
        var ended = (await worker.WaitAsync()).ShouldExit(0);
        seen.Append(ended.Out).Append(ended.Error);
        foreach (var (_, _, _, body) in hooks.Received) seen.Append(Encoding.UTF8.GetString(body));
        foreach (var file in Directory.EnumerateFiles(Path.Combine(world.Folder.Path, "here"))) seen.Append(Encoding.Latin1.GetString(await File.ReadAllBytesAsync(file, Cancel)));

        seen.ToString().ShouldContain("HTTP 404");
        // The token stands in the link that the worker prints, once, and nowhere else.
        seen.ToString().Split(world.Token).Length.ShouldBe(2);
        ShouldHoldNone(seen.ToString());
        // What a manifest says is kept as it is in item.input, and a webhook's address in its deliveries, to be sent; and nowhere else.
        (await world.CountAsync("select count(*) from item where input::text like '%planted%'")).ShouldBe(2);
        (await world.CountAsync("with cut as (update webhook_delivery set url = 'https://hooks.example/' returning 1) select count(*) from cut")).ShouldBeGreaterThan(0);
        await using (var command = world.Database.DataSource.CreateCommand("update item set input = '{\"images\":[]}'")) await command.ExecuteNonQueryAsync(Cancel);
        await using var administrator = world.Database.OpenAsAdministrator();
        var dump = await DatabaseDump.ReadAsync(administrator, Cancel);
        dump.ShouldContain("hangfire.", Case.Insensitive, "Hangfire's own tables are looked at");
        ShouldHoldNone(dump);
    }

    private static void ShouldHoldNone(string text)
    {
        foreach (var secret in Secrets)
        {
            var at = text.IndexOf(secret, StringComparison.OrdinalIgnoreCase);
            at.ShouldBe(-1, at < 0 ? null : $"… {text[Math.Max(0, at - 300)..Math.Min(text.Length, at + 100)]} …");
        }
    }

    private static void Plant(CliWorld world, string connection, HookReceiver hooks, AzuriteServer? azurite)
    {
        world.Environment["ConnectionStrings__Postgres"] = connection;
        world.Environment["OPENAI_API_KEY"] = "sk-planted-0123456789abcdef";
        world.Environment["Sources__AllowedHosts__0"] = "127.0.0.1";
        world.Environment["Sources__Headers__127.0.0.1__X-Shop-Token"] = "planted-header-token";
        world.Environment["Sources__Azure__shop__Sas"] = "sv=2024-01-01&sig=plantedSignature%3D";
        world.Environment["Sources__Azure__other__ConnectionString"] = $"DefaultEndpointsProtocol=https;AccountName=other;AccountKey={AccountKey};EndpointSuffix=core.windows.net";
        world.Environment["Webhooks__0__Url"] = $"{hooks.Address}/hook/planted-token";
        world.Environment["Webhooks__0__Secret"] = "planted-webhook-secret";
        if (azurite is not null) world.Environment["Storage__Azure__ConnectionString"] = azurite.ConnectionString;
        foreach (var category in (string[])["Default", "Microsoft", "Npgsql", "Hangfire"]) world.Environment[$"Logging__LogLevel__{category}"] = "Trace";
    }

    private static async Task ReadPagesAsync(HttpClient http, string batch, long item, StringBuilder seen)
    {
        using var closed = http;
        var pages = new List<string>
        {
            "/v1/batches", $"/v1/batches/{batch}", $"/v1/batches/{batch}/items", $"/v1/batches/{batch}/reasons", $"/v1/batches/{batch}/results?format=jsonl", $"/v1/items/{item}", $"/v1/items/{item + 1}",
            "/v1/reports/usage?by=batch", "/v1/limits", "/v1/models", "/v1/audit", "/v1/session", "/health/ready",
        };
        pages.AddRange(["/hangfire", "/hangfire/servers", "/hangfire/recurring", "/hangfire/jobs/succeeded", "/hangfire/jobs/processing", "/hangfire/jobs/details/1", "/hangfire/retries"]);
        foreach (var page in pages)
        {
            using var answer = await http.GetAsync(new Uri(page, UriKind.Relative), Cancel);
            var text = await answer.Content.ReadAsStringAsync(Cancel);
            answer.IsSuccessStatusCode.ShouldBeTrue($"{page}: {text}");
            seen.AppendLine(answer.Headers.ToString()).AppendLine(text);
        }
    }
}
