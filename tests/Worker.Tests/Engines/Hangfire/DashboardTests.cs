using System.Net;
using Darkroom.Jobs.Batches;
using Darkroom.Jobs.Lanes;
using Darkroom.Jobs.Running;
using Darkroom.Testing.Postgres;
using Darkroom.Worker.Engines;
using Darkroom.Worker.Engines.Hangfire;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using NSubstitute;

namespace Darkroom.Worker.Tests.Engines.Hangfire;

public class DashboardTests
{
    [Fact]
    public async Task MapEngineDashboard_Hangfire_ShowsLanesToThisMachineOnly()
    {
        await using var database = await TestDatabase.CreateAsync(migrate: false);
        var options = new EngineOptions { Kind = EngineKinds.Hangfire, Timings = EngineNode.Timings };
        // Held, so that the lane stays on the page of those that run.
        var handler = new RecordingHandler { OnLane = (_, token) => Task.Delay(Timeout.Infinite, token) };
        var builder = WebApplication.CreateSlimBuilder();
        builder.Services.AddSingleton<ILoggerFactory>(NullLoggerFactory.Instance);
        builder.Services.AddSingleton<ILaneHandler>(handler);
        builder.Services.AddSingleton<IScheduleHandler>(handler);
        var board = Substitute.For<ILaneBoard>();
        board.ListLiveAsync(default).ReturnsForAnyArgs([new LaneTitle(4711, "20261122-k7f3q9", "mugs.jsonl", BatchState.Running, 1000, 340)]);
        builder.Services.AddSingleton(new LaneTitles(board, TimeProvider.System));
        builder.Services.AddJobEngine(options, database.ConnectionString, new WorkerOptions { MaxLanes = 1 });
        await using var app = builder.Build();
        app.Urls.Add("http://127.0.0.1:0");
        app.MapEngineDashboard(options);
        await app.StartAsync(TestContext.Current.CancellationToken);
        await app.Services.GetRequiredService<IJobEngine>().EnqueueLaneAsync(4711, 5, CancellationToken.None);
        (await handler.NextAsync()).ShouldBe("lane 4711");

        using var client = new HttpClient { BaseAddress = new Uri(app.Urls.Single()) };
        (await client.GetStringAsync("/hangfire", TestContext.Current.CancellationToken)).ShouldContain("Darkroom lanes");
        (await client.GetStringAsync("/hangfire/jobs/processing", TestContext.Current.CancellationToken)).ShouldContain("mugs.jsonl (20261122-k7f3q9): 340 of 1,000 items, 34 %");
        using var forwarded = new HttpRequestMessage(HttpMethod.Get, "/hangfire") { Headers = { { "X-Forwarded-For", "192.0.2.7" } } };
        using var refused = await client.SendAsync(forwarded, TestContext.Current.CancellationToken);
        new[] { HttpStatusCode.Unauthorized, HttpStatusCode.Forbidden }.ShouldContain(refused.StatusCode);
        await app.StopAsync(TestContext.Current.CancellationToken);
    }

    [Theory]
    [InlineData("127.0.0.1", "localhost:5000", null, true)]
    [InlineData("127.8.8.8", "127.0.0.1", null, true)]
    [InlineData("::1", "[::1]:5000", null, true)]
    [InlineData("::ffff:127.0.0.1", "localhost", null, true)]
    [InlineData("192.0.2.7", "localhost", null, false)]
    [InlineData("127.0.0.1", "rebound.example", null, false)]
    [InlineData("127.0.0.1", "localhost", "Forwarded", false)]
    [InlineData("127.0.0.1", "localhost", "X-Forwarded-For", false)]
    [InlineData("127.0.0.1", "localhost", "x-real-ip", false)]
    [InlineData(null, "localhost", null, false)]
    public void IsAllowed_Request_OnlyFromThisMachineItself(string? remote, string host, string? header, bool expected)
    {
        var context = new DefaultHttpContext { Connection = { RemoteIpAddress = remote is null ? null : IPAddress.Parse(remote) } };
        context.Request.Host = new HostString(host);
        if (header is not null) context.Request.Headers[header] = "for=192.0.2.7";
        LoopbackOnlyFilter.IsAllowed(context).ShouldBe(expected);
    }
}
