using System.Buffers;
using System.Net;
using Microsoft.Win32.SafeHandles;

namespace Darkroom.Jobs.Editing;

/// <summary>
/// Fetches a source by its http(s) address for a request that needs its bytes (<see cref="Models.RequestForm.Multipart"/>). No redirects, no key, a
/// bound on bytes and time, and only a PNG, JPEG or WebP image is sent on. Messages never repeat the address: it may be signed.
/// </summary>
/// <param name="http">A client over <see cref="EndpointHandler.Create"/>.</param>
/// <param name="time">The clock of the timeout.</param>
internal sealed class SourceDownload(HttpClient http, TimeProvider time)
{
    /// <summary>How long one source may take.</summary>
    public static readonly TimeSpan Timeout = TimeSpan.FromSeconds(60);

    /// <summary>Fetches one source into a temporary file that vanishes on closing.</summary>
    /// <param name="url">An http or https address.</param>
    /// <param name="what">What to call it in messages: <c>image 1</c>.</param>
    /// <param name="cancellationToken">Cancels the fetch.</param>
    /// <returns>The file; or what its absence means: rejected for good, or another try may help. Nothing was sent to the service.</returns>
    public async Task<(SourceFile? File, EditOutcome? Refusal)> FetchAsync(string url, string what, CancellationToken cancellationToken)
    {
        if (!Uri.TryCreate(url, UriKind.Absolute, out var address) || address.Scheme is not ("http" or "https"))
            return (null, Rejected("source_not_fetched", $"The source of {what} has no http or https address."));
        using var deadline = new CancellationTokenSource(Timeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, deadline.Token);
        SafeFileHandle? handle = null;
        try
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, address);
            using var response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, either.Token);
            if (!response.IsSuccessStatusCode) return (null, ByStatus(response.StatusCode, what));
            handle = CreateTemporary();
            if (!await CopyAsync(response, handle, either.Token)) return (null, Rejected("source_too_large", $"The source of {what} has {SourceFile.MaxBytes} bytes or more."));
            var taken = handle;
            handle = null;
            var (file, error) = await SourceFile.TakeRawAsync(taken, what, either.Token);
            return file is null ? (null, new EditOutcome.Rejected(error!)) : (file, null);
        }
        catch (Exception e) when (e is HttpRequestException or IOException or OperationCanceledException or InvalidDataException or UnauthorizedAccessException)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var reason = deadline.IsCancellationRequested ? $"not within {Timeout.TotalSeconds:0} s" : e.Message;
            return (null, Failed($"The source of {what} could not be fetched: {reason}"));
        }
        finally
        {
            handle?.Dispose();
        }
    }

    private static SafeFileHandle CreateTemporary() => File.OpenHandle(
        Path.Combine(Path.GetTempPath(), $"darkroom-{Guid.NewGuid():N}.tmp"),
        FileMode.CreateNew, FileAccess.ReadWrite, FileShare.None, FileOptions.DeleteOnClose | FileOptions.Asynchronous);

    private static async Task<bool> CopyAsync(HttpResponseMessage response, SafeFileHandle handle, CancellationToken cancellationToken)
    {
        await using var body = await response.Content.ReadAsStreamAsync(cancellationToken);
        var buffer = ArrayPool<byte>.Shared.Rent(64 * 1024);
        try
        {
            long total = 0;
            int read;
            while ((read = await body.ReadAsync(buffer, cancellationToken)) > 0)
            {
                if (total + read >= SourceFile.MaxBytes) return false;
                await RandomAccess.WriteAsync(handle, buffer.AsMemory(0, read), total, cancellationToken);
                total += read;
            }

            return true;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private static EditOutcome ByStatus(HttpStatusCode status, string what)
    {
        var said = $"The source of {what} answers with HTTP {(int)status}{((int)status is >= 300 and < 400 ? ", and redirects aren't followed" : "")}.";
        return (int)status is 408 or 425 or 429 or >= 500 ? Failed(said) : Rejected("source_not_fetched", said);
    }

    private static EditOutcome.Rejected Rejected(string code, string message) => new(SourceFile.Refused(code, message));

    private static EditOutcome.ServerFailed Failed(string message) => new(SourceFile.Refused("source_not_fetched", message), RetryAfter: null);
}
