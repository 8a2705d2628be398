using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;
using Darkroom.Jobs.Outputs;
using Darkroom.Storage.Images;
using Darkroom.Testing;
using Darkroom.Testing.Azurite;
using Darkroom.Testing.Postgres;
using Darkroom.Worker.Tests.Processes;

namespace Darkroom.Worker.Tests.Faults;

/// <summary>
/// The image store of a run: a folder, or a container of an Azurite, one a test process, behind a gate. Azurite writes down what it has acknowledged only every
/// five seconds, so a SIGKILL makes it forget what no real storage would; a gate that is shut before it ends by itself gives clients the same sight of a death
/// at any instant, without that.
/// </summary>
internal sealed class FaultStore : IAsyncDisposable
{
    private const string Pictures = "*.png";

    private static readonly Lazy<Task<AzuriteServer?>> Shared = new(StartAsync);

    private readonly AzuriteServer? _azurite;
    private readonly TcpGate? _gate;
    private readonly string _container = $"faults-{Guid.NewGuid():n}";
    private readonly string _folder;

    private FaultStore(AzuriteServer? azurite, string folder) =>
        (_azurite, _folder, _gate) = (azurite, folder, azurite is null ? null : new TcpGate(azurite.Port));

    /// <summary>The store as it is, past the gate.</summary>
    public IImageStore Images => _azurite is null ? new FileImageStore(_folder) : new AzureImageStore(_azurite.ConnectionString, _container);

    /// <summary>The store that a plan asks for. Without an Azurite its tests are skipped, and fail where CI=true.</summary>
    public static async Task<FaultStore> CreateAsync(FaultPlan plan, CliWorld world)
    {
        if (!plan.OnAzurite) return new FaultStore(null, Path.Combine(world.Folder.Home, "images"));
        var azurite = await Shared.Value;
        if (azurite is null && AzuriteExecutable.IsRequired) Assert.Fail($"CI=true, and so Azurite is required. {AzuriteExecutable.Missing}");
        if (azurite is null) Assert.Skip(AzuriteExecutable.Missing);
        var store = new FaultStore(azurite, "");
        world.Environment["Storage__Azure__ConnectionString"] = AzuriteServer.ConnectionStringFor(store._gate!.Port);
        world.Environment["Storage__Azure__Container"] = store._container;
        world.Environment["Storage__Azure__Patience"] = plan.Patience.ToString("c");
        return store;
    }

    /// <summary>Dies and comes back.</summary>
    public async Task RestartAsync(TimeSpan away)
    {
        _gate!.Shut();
        await Signals.SendAsync(_azurite!.ProcessId, "TERM");
        await _azurite.WaitForExitAsync(TestContext.Current.CancellationToken);
        await Task.Delay(away, TestContext.Current.CancellationToken);
        await _azurite.StartAgainAsync(TestContext.Current.CancellationToken);
        _gate.Open();
    }

    /// <summary>Freezes and thaws.</summary>
    public async Task FreezeAsync(TimeSpan away)
    {
        await Signals.SendAsync(_azurite!.ProcessId, "STOP");
        await Task.Delay(away, TestContext.Current.CancellationToken);
        await Signals.SendAsync(_azurite.ProcessId, "CONT");
    }

    /// <summary>Every image that can be seen in the store, also what nobody has adopted.</summary>
    public async Task<IReadOnlyList<byte[]>> ReadVisibleAsync(string batch)
    {
        var images = new List<byte[]>();
        if (_azurite is null)
        {
            var folder = Path.Combine(_folder, batch);
            if (!Directory.Exists(folder)) return images;
            foreach (var file in Directory.EnumerateFiles(folder, Pictures, SearchOption.AllDirectories)) images.Add(await File.ReadAllBytesAsync(file, TestContext.Current.CancellationToken));
            return images;
        }

        var container = new BlobContainerClient(_azurite.ConnectionString, _container);
        await foreach (var blob in container.GetBlobsAsync(BlobTraits.None, BlobStates.None, $"{batch}/", TestContext.Current.CancellationToken))
        {
            // The results of a batch that has ended stand beside its images.
            if (!blob.Name.EndsWith(Pictures[1..], StringComparison.Ordinal)) continue;
            images.Add((await container.GetBlobClient(blob.Name).DownloadContentAsync(TestContext.Current.CancellationToken)).Value.Content.ToArray());
        }

        return images;
    }

    public async ValueTask DisposeAsync()
    {
        if (_gate is not null) await _gate.DisposeAsync();
    }

    private static async Task<AzuriteServer?> StartAsync()
    {
        if (AzuriteExecutable.Find() is not { } executable) return null;
        var server = await AzuriteServer.StartAsync(executable, CancellationToken.None);
        AtExit.Run(() => server.DisposeAsync().AsTask());
        return server;
    }
}
