using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Darkroom.Jobs.Editing;

namespace Darkroom.Benchmarks.Decode;

/// <summary>
/// Reads answers with 8 MB images from memory into files: the streaming reader against JsonDocument, Convert and File, in turns, in one process.
/// Arguments: <c>--rounds N</c> (7), <c>--images N</c> a round and way (8), <c>--megabytes N</c> an image (8).
/// </summary>
internal static class DecodeScenario
{
    /// <summary>Runs the scenario; prints one JSON object on standard output and a table on standard error.</summary>
    public static async Task<int> RunAsync(string[] args)
    {
        ArgumentNullException.ThrowIfNull(args);
        var rounds = Argument(args, "--rounds", 7);
        var images = Argument(args, "--images", 8);
        var bytes = Argument(args, "--megabytes", 8) * 1024 * 1024;
        var folder = Directory.CreateTempSubdirectory("darkroom-decode-").FullName;
        try
        {
            var image = new byte[bytes];
            new Random(8).NextBytes(image);
            var answer = Encoding.UTF8.GetBytes($$"""{"created":1,"data":[{"b64_json":"{{Convert.ToBase64String(image)}}"}],"usage":{"total_tokens":464} }""");
            var path = Path.Combine(folder, "image");
            List<DecodeSample> streamed = [], plain = [];
            // The first round warms both ways up and checks them; it doesn't count.
            for (var round = 0; round <= rounds; round++)
            {
                var ours = await MeasureAsync(() => StreamAsync(answer, path), images, bytes);
                if (round == 0) Same(path, image);
                var theirs = await MeasureAsync(() => PlainAsync(answer, path), images, bytes);
                if (round == 0) Same(path, image);
                if (round == 0) continue;
                streamed.Add(ours);
                plain.Add(theirs);
            }

            Print(rounds, images, bytes, streamed, plain);
            return 0;
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static async Task StreamAsync(byte[] answer, string path)
    {
        await using var reader = new AnswerReader(new FileSink(path), long.MaxValue);
        await reader.ReadAsync(new MemoryStream(answer, writable: false), mayBeEvents: false, CancellationToken.None);
        if (reader.Answer is not { Fault: null, Images: 1 }) throw new InvalidOperationException($"Not read: {reader.Answer}");
    }

    private static Task PlainAsync(byte[] answer, string path)
    {
        using var document = JsonDocument.Parse(new MemoryStream(answer, writable: false));
        var text = document.RootElement.GetProperty("data")[0].GetProperty("b64_json").GetString()!;
        File.WriteAllBytes(path, Convert.FromBase64String(text));
        return Task.CompletedTask;
    }

    private static async Task<DecodeSample> MeasureAsync(Func<Task> read, int images, int bytes)
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
        var allocated = GC.GetTotalAllocatedBytes(precise: true);
        var started = Stopwatch.GetTimestamp();
        for (var i = 0; i < images; i++) await read();
        var elapsed = Stopwatch.GetElapsedTime(started);
        return new DecodeSample((double)bytes * images / 1e9 / elapsed.TotalSeconds, (GC.GetTotalAllocatedBytes(precise: true) - allocated) / images);
    }

    private static void Same(string path, byte[] image)
    {
        if (!File.ReadAllBytes(path).AsSpan().SequenceEqual(image)) throw new InvalidOperationException("The file is not the image.");
    }

    private static void Print(int rounds, int images, int bytes, List<DecodeSample> streamed, List<DecodeSample> plain)
    {
        var ours = Median(streamed);
        var theirs = Median(plain);
        Console.WriteLine(JsonSerializer.Serialize(new
        {
            scenario = "decode",
            rounds,
            images_a_round = images,
            image_bytes = bytes,
            streamed = new { gb_per_s = ours.GigabytesPerSecond, allocated_bytes_per_image = ours.AllocatedBytes, rounds_gb_per_s = streamed.Select(s => Math.Round(s.GigabytesPerSecond, 3)) },
            json_document = new { gb_per_s = theirs.GigabytesPerSecond, allocated_bytes_per_image = theirs.AllocatedBytes, rounds_gb_per_s = plain.Select(s => Math.Round(s.GigabytesPerSecond, 3)) },
            speed = ours.GigabytesPerSecond / theirs.GigabytesPerSecond,
            allocation = (double)ours.AllocatedBytes / theirs.AllocatedBytes,
        }));
        Console.Error.WriteLine("way             GB/s (median, image bytes)   allocated an image");
        Row("streamed", ours);
        Row("JsonDocument", theirs);
        Console.Error.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{ours.GigabytesPerSecond / theirs.GigabytesPerSecond:0.0} times the speed, 1/{theirs.AllocatedBytes / Math.Max(1, ours.AllocatedBytes)} of the allocation"));
    }

    private static void Row(string way, DecodeSample sample) =>
        Console.Error.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{way,-15} {sample.GigabytesPerSecond,10:0.000} {sample.AllocatedBytes,36:N0} B"));

    private static DecodeSample Median(List<DecodeSample> samples) =>
        new(samples.Select(s => s.GigabytesPerSecond).Order().ElementAt(samples.Count / 2), samples.Select(s => s.AllocatedBytes).Order().ElementAt(samples.Count / 2));

    private static int Argument(string[] args, string name, int otherwise)
    {
        var at = Array.IndexOf(args, name);
        return at >= 0 && at + 1 < args.Length && int.TryParse(args[at + 1], CultureInfo.InvariantCulture, out var number) && number > 0 ? number : otherwise;
    }
}
