using System.Net;
using System.Net.Http.Headers;
using Darkroom.Benchmarks.Common;

namespace Darkroom.Benchmarks.Pace;

/// <summary>What scripts do: so many calls at once with exponential backoff after a refusal, or one call after each pause.</summary>
internal static class Baselines
{
    /// <summary>So many calls at once; a refused one waits 1 s, 2 s, 4 s … up to 32 s, with jitter, as client libraries do, and is tried again.</summary>
    public static async Task FixedConcurrencyAsync(Uri baseUrl, int concurrency, CancellationToken cancellationToken)
    {
        using var client = Client();
        var next = 0;
        await Task.WhenAll(Enumerable.Range(0, concurrency).Select(seed => Task.Run(async () =>
        {
            var random = new Random(seed);
            while (!cancellationToken.IsCancellationRequested)
            {
                var number = Interlocked.Increment(ref next);
                for (var failures = 0; !await SendAsync(client, baseUrl, number, cancellationToken); failures++)
                    await Task.Delay(TimeSpan.FromSeconds(Math.Min(32, 1 << Math.Min(failures, 5)) * (0.5 + (random.NextDouble() / 2))), cancellationToken);
            }
        }, cancellationToken))).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    /// <summary>Starts a call, sleeps 60 s over the limit, starts the next; refused ones are dropped.</summary>
    public static async Task SleepBetweenAsync(Uri baseUrl, int perMinute, CancellationToken cancellationToken)
    {
        using var client = Client();
        for (var number = 0; !cancellationToken.IsCancellationRequested; number++)
        {
            _ = SendAsync(client, baseUrl, number, cancellationToken).ContinueWith(sent => sent.Exception, CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
            await Task.Delay(TimeSpan.FromMinutes(1.0 / perMinute), cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private static async Task<bool> SendAsync(HttpClient client, Uri baseUrl, int number, CancellationToken cancellationToken)
    {
        using var content = new StringContent(SampleItems.BodyOf(number), new MediaTypeHeaderValue("application/json"));
        using var response = await client.PostAsync(new Uri($"{baseUrl}/images/edits"), content, cancellationToken);
        await response.Content.ReadAsByteArrayAsync(cancellationToken);
        return response.StatusCode != HttpStatusCode.TooManyRequests;
    }

    private static HttpClient Client()
    {
        var client = new HttpClient(new SocketsHttpHandler { UseCookies = false });
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", "benchmark");
        return client;
    }
}
