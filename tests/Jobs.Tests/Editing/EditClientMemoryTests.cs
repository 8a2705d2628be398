using System.Net.Sockets;
using System.Text;
using Darkroom.Jobs.Editing;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace Darkroom.Jobs.Tests.Editing;

/// <summary>Measures the process's allocation, so it runs by itself.</summary>
[Collection(nameof(EditClientMemoryTests))]
public sealed class EditClientMemoryTests
{
    [Fact]
    public async Task SendAsync_HundredMegabytes_StaysBoundedInMemory()
    {
        const int Megabytes = 100;
        const int Data = Megabytes * 1024 * 1024 / 4 * 3;
        // A byte of data besides, so that its base64 ends without padding.
        byte[] head = [.. Answers.PngHead(Data + 1), 0];
        var text = Encoding.ASCII.GetBytes(new string('Q', 1024 * 1024));
        async Task Answer(NetworkStream stream, Socket socket)
        {
            await stream.WriteAsync("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nConnection: close\r\n\r\n{\"data\":[{\"b64_json\":\""u8.ToArray());
            await stream.WriteAsync(Encoding.ASCII.GetBytes(Convert.ToBase64String(head)));
            for (var i = 0; i < Megabytes; i++) await stream.WriteAsync(text);
            await stream.WriteAsync(Encoding.ASCII.GetBytes(Convert.ToBase64String(Answers.PngEnd)));
            await stream.WriteAsync("\"}]}"u8.ToArray());
        }

        // What a process allocates once, for its first connection, is no answer's.
        await using var server = new ScriptedServer(Answer, Answer);
        var sink = new MemorySink { KeepBytes = false };
        using var http = new HttpClient(EndpointHandler.Create());
        var client = new EditClient(http, Options.Create(new EndpointOptions { BaseUrl = server.Address }), TimeProvider.System, NullLogger<EditClient>.Instance);
        var request = new EditRequest(new EditInput([ImageReference.File("f")], null), "p", EditOptions.None);
        (await client.SendAsync(request, new MemorySink { KeepBytes = false }, TestContext.Current.CancellationToken)).ShouldBeOfType<EditOutcome.Succeeded>();
        var before = GC.GetTotalAllocatedBytes(precise: true);
        var outcome = await client.SendAsync(request, sink, TestContext.Current.CancellationToken);
        outcome.ShouldBeOfType<EditOutcome.Succeeded>();
        sink.Total.ShouldBe(head.Length + Data + Answers.PngEnd.Length);
        (GC.GetTotalAllocatedBytes(precise: true) - before).ShouldBeLessThan(10 * 1024 * 1024);
        server.Heads[0].ShouldNotContain("Authorization");
    }

    [Fact]
    public async Task SendAsync_ManyWaitForTheirAnswers_HoldLittleMeanwhile()
    {
        const int Calls = 500;
        var answer = new TaskCompletionSource();
        using var http = new HttpClient(new Waiting(answer.Task));
        var client = new EditClient(http, Options.Create(new EndpointOptions { BaseUrl = "http://127.0.0.1:1/v1/" }), TimeProvider.System, NullLogger<EditClient>.Instance);
        var request = new EditRequest(new EditInput([ImageReference.File("f")], null), "p", EditOptions.None);
        var before = GC.GetTotalMemory(forceFullCollection: true);

        var calls = Enumerable.Range(0, Calls).Select(_ => client.SendAsync(request, new MemorySink(), TestContext.Current.CancellationToken)).ToArray();

        // An answer is read through two buffers of 32 KB, and a reader of its own takes two more.
        ((GC.GetTotalMemory(forceFullCollection: true) - before) / Calls).ShouldBeLessThan(4 * 1024);
        calls.ShouldAllBe(call => !call.IsCompleted);
        answer.SetResult();
        foreach (var outcome in await Task.WhenAll(calls)) outcome.ShouldBeOfType<EditOutcome.Succeeded>();
    }

    private sealed class Waiting(Task until) : HttpMessageHandler
    {
        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            await until;
            return new HttpResponseMessage { Content = new StringContent(Answers.Json(Answers.Picture(100))) };
        }
    }

    [CollectionDefinition(nameof(EditClientMemoryTests), DisableParallelization = true)]
    public sealed class Alone;
}
