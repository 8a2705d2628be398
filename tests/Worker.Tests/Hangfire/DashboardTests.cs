using System.Net;
using System.Net.Http.Headers;
using System.Text.RegularExpressions;
using Darkroom.Jobs.Access;
using Darkroom.Jobs.Batches;
using Darkroom.Jobs.Running;
using Darkroom.Jobs.Schedules;
using Darkroom.Storage.Postgres;
using Darkroom.Testing.Postgres;
using Darkroom.Worker.Access;
using Darkroom.Worker.Api;
using Darkroom.Worker.Hangfire;
using Darkroom.Worker.Tests.Processes;
using Hangfire;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using NSubstitute;

namespace Darkroom.Worker.Tests.Hangfire;

public sealed class DashboardTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    [Fact]
    public async Task MapHangfire_RunningBatch_IsShownByNameAndProgressToThisMachineOnly()
    {
        await using var database = await TestDatabase.CreateAsync();
        // Held, so that the job stays on the page of those that run.
        var handler = new RecordingHandler { OnBatch = (batch, token) => batch == "b-4712" ? throw new InvalidOperationException("This job fails.") : Task.Delay(Timeout.Infinite, token) };
        await using var app = await StartAsync(database, handler);
        var jobs = app.Services.GetRequiredService<IBackgroundJobClientV2>();
        await BatchSweep.EnqueueAsync(jobs, "20261122-k7f3q9", 5, CancellationToken.None);
        (await handler.NextAsync()).ShouldBe("batch 20261122-k7f3q9");

        using var client = new HttpClient { BaseAddress = new Uri(app.Urls.Single()) };
        (await client.GetAsync("/hangfire", TestContext.Current.CancellationToken)).StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", app.Services.GetRequiredService<LocalToken>().Text);
        (await client.GetStringAsync("/hangfire", TestContext.Current.CancellationToken)).ShouldContain("Darkroom jobs");
        (await client.GetStringAsync("/hangfire/jobs/processing", TestContext.Current.CancellationToken)).ShouldContain("mugs.jsonl (20261122-k7f3q9): 340 of 1,000 items, 34 %");

        // On its own page, as a bar; retries and recurring jobs have pages of theirs.
        var running = await client.GetStringAsync("/hangfire/jobs/processing", TestContext.Current.CancellationToken);
        var job = Regex.Match(running, "/jobs/details/(?<job>[0-9]+)", RegexOptions.ExplicitCapture, TimeSpan.FromSeconds(10)).Groups["job"].Value;
        var details = await client.GetStringAsync($"/hangfire/jobs/details/{job}", TestContext.Current.CancellationToken);
        details.ShouldContain("""<progress max="1000" value="340"></progress> 340 of 1,000 items have ended""");
        details.ShouldContain("Batch mugs.jsonl");
        await BatchSweep.EnqueueAsync(jobs, "b-4712", 5, CancellationToken.None);
        (await handler.NextAsync()).ShouldBe("batch b-4712");
        await Poll.UntilAsync(async () => (await client.GetStringAsync("/hangfire/retries", TestContext.Current.CancellationToken)).Contains("Batch b-4712", StringComparison.Ordinal), "the job among the retries");
        await PutAsync(app);
        var recurring = await client.GetStringAsync("/hangfire/recurring", TestContext.Current.CancellationToken);
        recurring.ShouldContain("nightly");
        recurring.ShouldContain("Europe/Berlin");
        using var forwarded = new HttpRequestMessage(HttpMethod.Get, "/hangfire") { Headers = { { "X-Forwarded-For", "192.0.2.7" } } };
        using var refused = await client.SendAsync(forwarded, TestContext.Current.CancellationToken);
        new[] { HttpStatusCode.Unauthorized, HttpStatusCode.Forbidden }.ShouldContain(refused.StatusCode);
        await app.StopAsync(TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task MapHangfire_WithKeys_ViewersLookAndOperatorsAct()
    {
        await using var database = await TestDatabase.CreateAsync();
        await using var app = await StartAsync(database, new RecordingHandler());
        await PutAsync(app);
        using var client = new HttpClient { BaseAddress = new Uri(app.Urls.Single()) };
        var (viewer, acting) = (await AddKeyAsync(app, AccessRole.Viewer), await AddKeyAsync(app, AccessRole.Operator));

        (await GetAsync("/hangfire/recurring", "no-such-key")).Status.ShouldBeOneOf(HttpStatusCode.Unauthorized, HttpStatusCode.Forbidden);
        var (looked, acted) = (await GetAsync("/hangfire/recurring", viewer), await GetAsync("/hangfire/recurring", acting));
        foreach (var page in new[] { looked, acted }) page.Text.ShouldContain("nightly");
        // What triggers or removes a schedule.
        const string Button = "js-jobs-list-command";
        acted.Text.ShouldContain(Button);
        looked.Text.ShouldNotContain(Button);
        await app.StopAsync(TestContext.Current.CancellationToken);

        async Task<(HttpStatusCode Status, string Text)> GetAsync(string path, string key)
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, path) { Headers = { { "Authorization", $"Bearer {key}" } } };
            using var answer = await client.SendAsync(request, TestContext.Current.CancellationToken);
            return (answer.StatusCode, await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        }
    }

    private static Task PutAsync(WebApplication app) => RecurringSchedules.PutAsync(
        app.Services.GetRequiredService<IRecurringJobManagerV2>(), new Recurrence("nightly", "0 2 * * *", "Europe/Berlin"), DateTimeOffset.UtcNow, CancellationToken.None);

    public void Dispose() => _folder.Dispose();

    private async Task<WebApplication> StartAsync(TestDatabase database, RecordingHandler handler)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Services.AddSingleton<ILoggerFactory>(NullLoggerFactory.Instance);
        builder.Services.AddSingleton<IBatchJob>(handler);
        builder.Services.AddSingleton<IScheduleHandler>(handler);
        builder.Services.AddSingleton(new LocalToken(_folder.Home));
        builder.Services.AddPostgresState(database.DataSource).AddDarkroomAccess().AddOptions<ApiOptions>();
        var store = Substitute.For<IBatchJobStore>();
        store.ListOpenAsync(default).ReturnsForAnyArgs([new BatchTitle("20261122-k7f3q9", "mugs.jsonl", BatchState.Running, 1000, 340)]);
        builder.Services.AddSingleton(store);
        builder.Services.AddHangfireJobs(database.ConnectionString, new WorkerOptions { MaxBatches = 2 }, JobNode.Timings);
        var app = builder.Build();
        app.Urls.Add("http://127.0.0.1:0");
        app.UseDarkroomAccess();
        app.MapHangfire();
        await app.StartAsync(TestContext.Current.CancellationToken);
        return app;
    }

    private static async Task<string> AddKeyAsync(WebApplication app, AccessRole role)
    {
        var (token, text) = KeyToken.Create();
        (await app.Services.GetRequiredService<IAccessKeyStore>().AddAsync($"test-{role}", role, token, new Actor("tester", "cli"), TestContext.Current.CancellationToken)).ShouldBeTrue();
        return text;
    }
}
