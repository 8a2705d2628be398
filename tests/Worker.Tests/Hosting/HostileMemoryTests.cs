using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using Darkroom.Worker.Tests.Ops;
using Darkroom.Worker.Tests.Processes;
using NetVips;

namespace Darkroom.Worker.Tests.Hosting;

/// <summary>What strangers offer, pictures that decode to gigabytes and manifest rows without an end, fits into the memory that the shipped container limit allows.</summary>
public sealed class HostileMemoryTests
{
    // Of ops/kubernetes/darkroom.yml. In a container the runtime takes three quarters of the limit as the most that its own heap may have.
    private const long Limit = 1L << 30;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public void MemoryLimit_OfTheShippedDeployment_IsTheOneTestedHere() =>
        File.ReadAllText(RepositoryFile.PathOf("ops", "kubernetes", "darkroom.yml")).ShouldContain("limits: { memory: 1Gi }");

    [Fact]
    public async Task Worker_HostilePicturesAndRows_StaysWithinItsLimitAndServesOn()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "A process's peak of memory is read from /proc.");
        await using var world = await CliWorld.CreateAsync();
        world.Environment["DOTNET_GCHeapHardLimit"] = $"0x{Limit / 4 * 3:X}";
        var names = WriteHostilePictures(world.Folder.Path);
        world.Folder.Write("hostile.jsonl", string.Concat(names.Select(name => $$"""{"id":"{{name}}","image":"{{name}}","prompt":"p"}""" + "\n")));
        var submitted = (await world.RunAsync("submit", "hostile.jsonl", "--yes", "--json")).ShouldExit(0);
        (await world.RunAsync("pause", submitted.Json["batch"]!.GetValue<string>())).ShouldExit(0);
        var worker = world.StartWorker();
        using var client = await world.ClientOfAsync(worker);
        var items = JsonNode.Parse(await client.GetStringAsync($"/v1/batches/{submitted.Json["batch"]}/items", Cancel))!["items"]!.AsArray();
        items.Count.ShouldBe(names.Length);

        var before = Kilobytes(worker.Id, "VmRSS");

        // All at once, each twice: the second time finds that none can be made.
        var asked = from round in Enumerable.Range(0, 2) from item in items from width in (int[])[240, 640, 1600] select client.GetAsync($"/v1/items/{item!["item"]}/inputs/0/thumbnail?width={width}", Cancel);
        foreach (var answer in await Task.WhenAll(asked))
        {
            using (answer) answer.StatusCode.ShouldBeOneOf(HttpStatusCode.OK, HttpStatusCode.NotFound);
        }

        // The C library keeps freed memory in its arenas, up to 64 MB a thread, unless it is told to give it back.
        (Kilobytes(worker.Id, "VmRSS") - before).ShouldBeLessThan(150_000);
        using (var endless = await client.PostAsync("/v1/batches?yes=true", new EndlessRow(300_000_000), Cancel))
        {
            endless.StatusCode.ShouldBe(HttpStatusCode.UnprocessableEntity);
            (await endless.Content.ReadAsStringAsync(Cancel)).ShouldContain("is longer than 25,165,824 bytes, the most that a row may be");
        }

        (await client.GetAsync("/health/ready", Cancel)).StatusCode.ShouldBe(HttpStatusCode.OK);
        var peak = Kilobytes(worker.Id, "VmHWM") * 1024;
        TestContext.Current.TestOutputHelper?.WriteLine($"Peak {peak / 1_000_000} MB, afterwards {Kilobytes(worker.Id, "VmRSS") / 1000} MB.");
        peak.ShouldBeLessThan(Limit);
    }

    // Solid colour, so that each is a small file of up to sixty million pixels that its decoder would hold whole.
    private static string[] WriteHostilePictures(string folder)
    {
        using var black = Image.Black(7_700, 7_700, bands: 4);
        using var deep = black.Cast(Enums.BandFormat.Ushort).Copy(interpretation: Enums.Interpretation.Rgb16);
        using var flat = Image.Black(7_700, 7_700, bands: 3);
        using var wide = Image.Black(6_000, 6_000, bands: 4).Copy(interpretation: Enums.Interpretation.Srgb);
        deep.Pngsave(Path.Combine(folder, "interlaced.png"), interlace: true, compression: 1, keep: Enums.ForeignKeep.None);
        deep.Pngsave(Path.Combine(folder, "deep.png"), compression: 1, keep: Enums.ForeignKeep.None);
        flat.Jpegsave(Path.Combine(folder, "progressive.jpg"), interlace: true, keep: Enums.ForeignKeep.None);
        wide.Webpsave(Path.Combine(folder, "lossless.webp"), lossless: true, effort: 0, keep: Enums.ForeignKeep.None);
        return ["interlaced.png", "deep.png", "progressive.jpg", "lossless.webp"];
    }

    private static long Kilobytes(int process, string name) =>
        long.Parse(File.ReadLines($"/proc/{process.ToString(CultureInfo.InvariantCulture)}/status").First(line => line.StartsWith(name, StringComparison.Ordinal)).Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture);

    /// <summary>One row of a manifest, with a data URL of so many characters.</summary>
    private sealed class EndlessRow : HttpContent
    {
        private readonly long _characters;

        public EndlessRow(long characters)
        {
            _characters = characters;
            Headers.ContentType = new("application/jsonl");
        }

        protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context)
        {
            await stream.WriteAsync("""{"id":"a","prompt":"p","image":"data:image/png;base64,"""u8.ToArray());
            var block = Encoding.ASCII.GetBytes(new string('A', 1_000_000));
            for (var sent = 0L; sent < _characters; sent += block.Length) await stream.WriteAsync(block);
            await stream.WriteAsync("\"}\n"u8.ToArray());
        }

        protected override bool TryComputeLength(out long length)
        {
            length = 0;
            return false;
        }
    }
}
