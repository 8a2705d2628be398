using System.Buffers;
using System.Net.Sockets;
using Azure;
using Azure.Core;
using Azure.Core.Pipeline;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;
using Darkroom.Jobs.Sources;

namespace Darkroom.Storage.Sources;

/// <summary>
/// Reads source blobs through Azure.Storage.Blobs. Only accounts that are configured are read: a manifest that could name any would read whatever this machine's
/// identity may. Connections are guarded as all others are; a configured account's own host is trusted, since private endpoints are at private addresses.
/// </summary>
public sealed class AzureBlobSources : IBlobSources
{
    private readonly Dictionary<string, Lazy<BlobServiceClient>> _accounts;
    private readonly TimeProvider _time;

    /// <summary>Makes one; accounts are connected to when first read.</summary>
    /// <param name="options">The accounts; validated.</param>
    /// <param name="resolver">Resolves names.</param>
    /// <param name="time">The clock of the bounds.</param>
    /// <param name="identity">Gives the identity for accounts that use it.</param>
    public AzureBlobSources(SourcesOptions options, IHostResolver resolver, TimeProvider time, Func<TokenCredential> identity)
    {
        ArgumentNullException.ThrowIfNull(options);
        _time = time;
        _accounts = options.Azure.ToDictionary(
            account => account.Key, account => new Lazy<BlobServiceClient>(() => Connect(account.Key, account.Value, options, resolver, identity)), StringComparer.Ordinal);
    }

    /// <inheritdoc/>
    public bool Owns(Uri address)
    {
        ArgumentNullException.ThrowIfNull(address);
        return address.Scheme == "az" || (BlobAddress.TryParse(address.OriginalString, out var blob) && _accounts.ContainsKey(blob.Account));
    }

    /// <inheritdoc/>
    public Task<(string? ETag, DownloadFault? Fault)> GetAsync(Uri address, DownloadBounds bounds, IDownloadTarget target, CancellationToken cancellationToken) =>
        RunAsync(address, bounds, async (blob, clock) =>
        {
            using var answer = (await blob.DownloadStreamingAsync(new BlobDownloadOptions(), clock.Token)).Value;
            if (answer.Details.ContentLength >= bounds.MaxBytes) return (null, TooLarge(bounds));
            var fault = await CopyAsync(answer.Content, bounds, target, clock);
            return fault is null ? (answer.Details.ETag.ToString("H"), null) : (null, fault);
        }, cancellationToken);

    /// <inheritdoc/>
    public Task<(string? ETag, DownloadFault? Fault)> HeadAsync(Uri address, DownloadBounds bounds, CancellationToken cancellationToken) =>
        RunAsync(address, bounds, async (blob, clock) => ((await blob.GetPropertiesAsync(cancellationToken: clock.Token)).Value.ETag.ToString("H"), null), cancellationToken);

    private async Task<(string? ETag, DownloadFault? Fault)> RunAsync(
        Uri address, DownloadBounds bounds, Func<BlobClient, DownloadClock, Task<(string?, DownloadFault?)>> read, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(address);
        ArgumentNullException.ThrowIfNull(bounds);
        if (!BlobAddress.TryParse(address.OriginalString, out var place)) return (null, new DownloadFault(DownloadFault.Refused, "is no az://ACCOUNT/CONTAINER/BLOB"));
        if (!_accounts.TryGetValue(place.Account, out var account))
            return (null, new DownloadFault(DownloadFault.Refused, $"is in the storage account '{place.Account}', which isn't configured: Sources:Azure:{place.Account} needs ConnectionString, Sas or UseIdentity"));
        using var clock = new DownloadClock(bounds, _time, cancellationToken);
        try
        {
            return await read(account.Value.GetBlobContainerClient(place.Container).GetBlobClient(place.Blob), clock);
        }
        catch (Exception e) when (e is RequestFailedException or HttpRequestException or SocketException or IOException or OperationCanceledException or AggregateException || IsIdentityFailure(e))
        {
            cancellationToken.ThrowIfCancellationRequested();
            return (null, FaultOf(e, clock));
        }
    }

    private static async Task<DownloadFault?> CopyAsync(Stream body, DownloadBounds bounds, IDownloadTarget target, DownloadClock clock)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(64 * 1024);
        try
        {
            long total = 0;
            int read;
            while ((read = await body.ReadAsync(buffer, clock.Token)) > 0)
            {
                clock.Restart();
                if ((total += read) >= bounds.MaxBytes) return TooLarge(bounds);
                if (await target.WriteAsync(buffer.AsMemory(0, read), clock.Token) is { } fault) return fault;
            }

            return null;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private static DownloadFault FaultOf(Exception e, DownloadClock clock)
    {
        if (clock.Expired is { } late) return new DownloadFault(DownloadFault.NotFetched, $"could not be fetched: {late}", MayPass: true);
        if (ForbiddenTargetException.Find(e) is { } refusal) return new DownloadFault(DownloadFault.Refused, $"is refused: {refusal.Message}");
        // The code is a word of Azure's; the message has headers and more in it.
        return e is RequestFailedException { Status: > 0 } answer
            ? new DownloadFault(DownloadFault.NotFetched, $"answers with HTTP {answer.Status}{(answer.ErrorCode is { Length: > 0 } code ? $" ({code})" : "")}", MayPass: answer.Status is 408 or 429 or >= 500)
            : new DownloadFault(DownloadFault.NotFetched, $"could not be fetched: {e.GetType().Name}", MayPass: true);
    }

    private static DownloadFault TooLarge(DownloadBounds bounds) => new(DownloadFault.TooLarge, $"has {bounds.MaxBytes} bytes or more");

    // Azure.Identity isn't known here; its refusals come before anything is sent.
    private static bool IsIdentityFailure(Exception e) => e.GetType().Namespace is "Azure.Identity";

    private static BlobServiceClient Connect(string name, AzureAccountOptions access, SourcesOptions options, IHostResolver resolver, Func<TokenCredential> identity)
    {
        var own = new Uri($"https://{name}{BlobAddress.Domain}");
        if (access.ConnectionString is { Length: > 0 } connection) return new BlobServiceClient(connection, Guarded(new BlobServiceClient(connection).Uri, options, resolver));
        return access.Sas is { Length: > 0 } sas
            ? new BlobServiceClient(own, new AzureSasCredential(sas), Guarded(own, options, resolver))
            : new BlobServiceClient(own, identity(), Guarded(own, options, resolver));
    }

    private static BlobClientOptions Guarded(Uri account, SourcesOptions options, IHostResolver resolver)
    {
        var policy = new AddressPolicy(options, $"{account.IdnHost}:{account.Port}");
        var made = new BlobClientOptions
        {
            Transport = new HttpClientTransport(new HttpClient(new GuardedHandler(policy, resolver), disposeHandler: true) { Timeout = Timeout.InfiniteTimeSpan }),
        };
        made.Retry.MaxRetries = 2;
        made.Retry.NetworkTimeout = options.Timeout;
        made.Diagnostics.IsLoggingEnabled = false;
        made.Diagnostics.IsDistributedTracingEnabled = false;
        return made;
    }
}
