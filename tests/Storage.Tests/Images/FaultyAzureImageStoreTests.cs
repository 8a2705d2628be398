using Azure.Core;
using Azure.Core.Pipeline;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;
using Darkroom.Jobs.Outputs;
using Darkroom.Storage.Images;

namespace Darkroom.Storage.Tests.Images;

/// <summary>The whole contract on a service that fails every other request: busy, silent, or with its answer lost after it did what was asked.</summary>
public sealed class FaultyAzureImageStoreTests(AzuriteFixture azurite) : ImageStoreContract, IClassFixture<AzuriteFixture>
{
    private static readonly Fault[] Turns = [Fault.Busy, Fault.None, Fault.AnswerLost, Fault.None, Fault.Timeout, Fault.None];
    private readonly BlobContainerClient _container = new(azurite.ConnectionString, "faulty");

    protected override IImageStore Store => new AzureImageStore(Client(azurite.ConnectionString, (request, _) => Turns[request % Turns.Length]));

    protected override IImageStore Keeping => new AzureImageStore(Client(azurite.ConnectionString, (request, _) => Turns[request % Turns.Length]), keepPartials: true);

    protected override IImageStore Failing => new AzureImageStore(Client(azurite.ConnectionString, (_, _) => Fault.Busy));

    protected override async Task<IReadOnlyList<string>> VisibleAsync()
    {
        var paths = new List<string>();
        if (!await _container.ExistsAsync(Cancel)) return paths;
        await foreach (BlobItem blob in _container.GetBlobsAsync(BlobTraits.None, BlobStates.None, $"{Batch}/", Cancel)) paths.Add(blob.Name);
        return paths;
    }

    protected override Task RemoveAsync(string path) => _container.DeleteBlobAsync(path, cancellationToken: Cancel);

    internal static BlobContainerClient Client(string connectionString, Func<int, Request, Fault> plan, string container = "faulty", RetryPolicy? patience = null)
    {
        var options = new BlobClientOptions { Retry = { MaxRetries = 5, Delay = TimeSpan.FromMilliseconds(1), Mode = RetryMode.Fixed }, RetryPolicy = patience };
        options.AddPolicy(new FaultPolicy(plan), HttpPipelinePosition.PerRetry);
        return new BlobContainerClient(connectionString, container, options);
    }
}
