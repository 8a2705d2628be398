using System.Net;
using System.Text.Json.Nodes;

namespace Darkroom.Worker.Tests.Api;

public sealed class EventTests
{
    private static CancellationToken Cancel => ApiWorld.Cancel;

    [Fact]
    public async Task Events_OfABatch_TellWhatChanged()
    {
        await using var world = await ApiWorld.CreateAsync();
        var (other, batch) = (await world.SubmitAsync(1), await world.SubmitAsync(2));
        await using var stream = await EventStream.OpenAsync(world, $"?batch={batch}");
        (await stream.NextAsync()).Name.ShouldBe("ready");

        await world.Client.PostAsync($"/v1/batches/{other}/pause", null, Cancel);
        await world.Client.PostAsync($"/v1/batches/{batch}/cancel", null, Cancel);

        var told = await stream.UntilAsync("end");
        told[0].Name.ShouldBe("batch");
        told[0].Data["batch"]!["state"]!.GetValue<string>().ShouldBe("canceled");
        told.Where(item => item.Name == "item").Select(item => $"{item.Data["id"]} {item.Data["state"]}").Order(StringComparer.Ordinal).ShouldBe(["item-1 canceled", "item-2 canceled"]);
        told[^1].Id.ShouldNotBeNull();
    }

    [Fact]
    public async Task Events_ResumedWhileManyWrite_LoseNothing()
    {
        const int Writers = 4, Rounds = 15;
        await using var world = await ApiWorld.CreateAsync();
        var batches = new List<string>();
        for (var at = 0; at < Writers; at++) batches.Add(await world.SubmitAsync(Rounds));
        string? last;
        await using (var first = await EventStream.OpenAsync(world, "")) last = (await first.NextAsync()).Id;
        var writing = Task.WhenAll(batches.Select(async batch =>
        {
            for (var round = 1; round <= Rounds; round++)
            {
                // Held open for a moment, so that commits come in another order than beginnings.
                await world.ExecuteAsync($"begin; update item set state = 'canceled', finished_at = now() where batch_id = '{batch}' and key = 'item-{round}'; select pg_sleep({(round % 3) * 0.02:0.00}); commit");
            }
        }));
        var seen = new HashSet<string>(StringComparer.Ordinal);
        // A stream is left after each set that it told; the next one goes on from there.
        while (seen.Count < Writers * Rounds)
        {
            await using var stream = await EventStream.OpenAsync(world, "", last);
            List<StreamEvent> told = [];
            while (!told.Exists(one => one.Name == "item") && seen.Count < Writers * Rounds)
            {
                told = await stream.UntilAsync("end", "ready");
                told.ShouldNotContain(one => one.Name == "reset");
                foreach (var item in told.Where(one => one.Name == "item" && one.Data["state"]!.GetValue<string>() == "canceled")) seen.Add($"{item.Data["batch"]}/{item.Data["id"]}");
                last = told[^1].Id;
            }
        }

        await writing;
        seen.Count.ShouldBe(Writers * Rounds);
    }

    [Fact]
    public async Task Events_ResumedTooLate_SayReset()
    {
        await using var world = await ApiWorld.CreateAsync();
        string position;
        await using (var first = await EventStream.OpenAsync(world, "")) position = (await first.NextAsync()).Id!;
        var dot = position.IndexOf('.', StringComparison.Ordinal);

        await using var stream = await EventStream.OpenAsync(world, "", $"{long.Parse(position[..dot]) - 3600}{position[dot..]}");

        (await stream.UntilAsync("ready")).Select(one => one.Name).ShouldBe(["reset", "ready"]);
    }

    [Fact]
    public async Task Events_MoreStreamsThanAllowed_AreRefused_AndAStopEndsThem()
    {
        await using var world = await ApiWorld.CreateAsync(("Api:MaxEventStreams", "1"));
        await using var stream = await EventStream.OpenAsync(world, "");
        await stream.NextAsync();

        using var refused = await world.Client.GetAsync("/v1/events", Cancel);
        await ApiWorld.ShouldRefuseAsync(refused, HttpStatusCode.ServiceUnavailable, "too-many-streams");

        await world.App.StopAsync(Cancel);
        (await stream.TryNextAsync()).ShouldBeNull();
    }

    [Fact]
    public async Task Events_SessionEnds_TheStreamEndsThoughThereIsAlwaysSomethingToTell()
    {
        await using var world = await ApiWorld.CreateAsync();
        var batch = await world.SubmitAsync();
        using var browser = world.CreateClient();
        using (var link = await browser.GetAsync($"/?token={world.Token}", Cancel)) browser.DefaultRequestHeaders.Add("Cookie", link.Headers.GetValues("Set-Cookie").Single().Split(';')[0]);
        using var answer = await browser.GetAsync("/v1/events", HttpCompletionOption.ResponseHeadersRead, Cancel);
        answer.StatusCode.ShouldBe(HttpStatusCode.OK);
        using var over = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        var busy = Task.Run(async () =>
        {
            while (!over.IsCancellationRequested)
            {
                await world.ExecuteAsync($"update batch set detail = 'busy {Guid.NewGuid():N}' where id = '{batch}'");
                await Task.Delay(300, CancellationToken.None);
            }
        }, Cancel);

        await world.ExecuteAsync("delete from session");

        // The end comes with the next look, within fifteen seconds.
        using var lines = new StreamReader(await answer.Content.ReadAsStreamAsync(Cancel));
        await lines.ReadToEndAsync(Cancel).WaitAsync(TimeSpan.FromMinutes(1), Cancel);
        await over.CancelAsync();
        await busy;
    }

    private sealed record StreamEvent(string? Id, string Name, JsonNode Data);

    private sealed class EventStream(HttpResponseMessage answer, StreamReader lines) : IAsyncDisposable
    {
        public static async Task<EventStream> OpenAsync(ApiWorld world, string query, string? last = null)
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, $"/v1/events{query}");
            if (last is not null) request.Headers.Add("Last-Event-ID", last);
            var answer = await world.Client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, Cancel);
            answer.StatusCode.ShouldBe(HttpStatusCode.OK);
            answer.Content.Headers.ContentType!.MediaType.ShouldBe("text/event-stream");
            return new EventStream(answer, new StreamReader(await answer.Content.ReadAsStreamAsync(Cancel)));
        }

        public async Task<StreamEvent> NextAsync() => (await TryNextAsync()).ShouldNotBeNull();

        public async Task<StreamEvent?> TryNextAsync()
        {
            using var limit = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
            limit.CancelAfter(TimeSpan.FromSeconds(60));
            var (id, name) = ((string?)null, "");
            while (true)
            {
                string? line;
                try
                {
                    line = await lines.ReadLineAsync(limit.Token);
                }
                catch (Exception exception) when (exception is IOException or HttpRequestException)
                {
                    return null;
                }

                if (line is null) return null;
                if (line.StartsWith("id: ", StringComparison.Ordinal)) id = line[4..];
                else if (line.StartsWith("event: ", StringComparison.Ordinal)) name = line[7..];
                else if (line.StartsWith("data: ", StringComparison.Ordinal)) return new StreamEvent(id, name, JsonNode.Parse(line[6..])!);
            }
        }

        public async Task<List<StreamEvent>> UntilAsync(params string[] names)
        {
            var told = new List<StreamEvent>();
            do told.Add(await NextAsync());
            while (!names.Contains(told[^1].Name));
            return told;
        }

        public ValueTask DisposeAsync()
        {
            lines.Dispose();
            answer.Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
