using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Headers;
using System.Text.Json;
using Darkroom.Benchmarks.Common;

namespace Darkroom.Benchmarks.Overhead;

/// <summary>What the least program would do: post, decode, write a file, so many at a time; no state, no hash, no retry.</summary>
internal static class BareLoop
{
    /// <summary>Fetches so many items into a folder.</summary>
    /// <param name="flush">Whether each file is flushed to the device, as a store has to that mustn't lose what was paid for.</param>
    /// <returns>The time it took.</returns>
    public static async Task<TimeSpan> RunAsync(Uri baseUrl, string folder, int items, int concurrency, bool flush)
    {
        using var client = new HttpClient(new SocketsHttpHandler { UseCookies = false });
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", "benchmark");
        var address = new Uri($"{baseUrl}/images/edits");
        var next = -1;
        var started = Stopwatch.GetTimestamp();
        await Task.WhenAll(Enumerable.Range(0, concurrency).Select(_ => Task.Run(WorkAsync)));
        return Stopwatch.GetElapsedTime(started);

        async Task WorkAsync()
        {
            while (Interlocked.Increment(ref next) is var number && number < items)
            {
                using var content = new StringContent(SampleItems.BodyOf(number), new MediaTypeHeaderValue("application/json"));
                using var response = await client.PostAsync(address, content);
                response.EnsureSuccessStatusCode();
                using var document = await JsonDocument.ParseAsync(await response.Content.ReadAsStreamAsync());
                var image = document.RootElement.GetProperty("data")[0].GetProperty("b64_json").GetBytesFromBase64();
                await WriteAsync(Path.Combine(folder, string.Create(CultureInfo.InvariantCulture, $"{number}.png")), image);
            }
        }

        async Task WriteAsync(string path, byte[] image)
        {
            if (!flush)
            {
                await File.WriteAllBytesAsync(path, image);
                return;
            }

            await using var file = new FileStream(path, new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write, BufferSize = 0 });
            await file.WriteAsync(image);
            await Task.Run(() => file.Flush(flushToDisk: true));
        }
    }
}
