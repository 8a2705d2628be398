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
        var text = Encoding.ASCII.GetBytes(new string('Q', 1024 * 1024));
        await using var server = new ScriptedServer(async (stream, _) =>
        {
            await stream.WriteAsync("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nConnection: close\r\n\r\n{\"data\":[{\"b64_json\":\""u8.ToArray());
            for (var i = 0; i < Megabytes; i++) await stream.WriteAsync(text);
            await stream.WriteAsync("\"}]}"u8.ToArray());
        });
        var sink = new MemorySink { KeepBytes = false };
        using var http = new HttpClient(EndpointHandler.Create());
        var client = new EditClient(http, Options.Create(new EndpointOptions { BaseUrl = server.Address }), TimeProvider.System, NullLogger<EditClient>.Instance);
        var before = GC.GetTotalAllocatedBytes();
        var outcome = await client.SendAsync(
            new EditRequest(new EditInput([ImageReference.File("f")], null), "p", EditOptions.None), sink, TestContext.Current.CancellationToken);
        outcome.ShouldBeOfType<EditOutcome.Succeeded>();
        sink.Total.ShouldBe(Megabytes * 1024L * 1024 / 4 * 3);
        (GC.GetTotalAllocatedBytes() - before).ShouldBeLessThan(10 * 1024 * 1024);
        server.Heads[0].ShouldNotContain("Authorization");
    }

    [CollectionDefinition(nameof(EditClientMemoryTests), DisableParallelization = true)]
    public sealed class Alone;
}
