using System.Net.Sockets;
using Azure;
using Azure.Identity;
using Azure.Storage.Blobs.Models;
using Darkroom.Jobs.Outputs;

namespace Darkroom.Storage.Images;

/// <summary>What Azure's status and error codes mean to the store; the one place that knows them.</summary>
internal static class AzureAnswers
{
    /// <summary>The blob isn't there, or its container isn't.</summary>
    public static bool IsMissing(RequestFailedException e) => e.Status == 404;

    /// <summary>The container has to be made first.</summary>
    public static bool IsMissingContainer(RequestFailedException e) => e.ErrorCode == BlobErrorCode.ContainerNotFound;

    /// <summary>
    /// A conditional creation came too late. InvalidBlockList says the same in another way: whoever commits a blob first discards the blocks that
    /// others have staged for it.
    /// </summary>
    public static bool MeansTaken(RequestFailedException e) => e.Status is 409 or 412 || e.ErrorCode == BlobErrorCode.InvalidBlockList;

    /// <summary>True for what the service or the way to it answers, as opposed to bugs. After its last retry the SDK throws an aggregate.</summary>
    public static bool IsRefusal(Exception e, CancellationToken cancellationToken) => e switch
    {
        RequestFailedException or IOException or AuthenticationFailedException or HttpRequestException or SocketException => true,
        // The SDK's own network timeout, not the caller's wish.
        OperationCanceledException => !cancellationToken.IsCancellationRequested,
        AggregateException many => many.InnerExceptions.All(inner => IsRefusal(inner, cancellationToken)),
        _ => false,
    };

    /// <summary>The store's exception for an answer. Names status and code and nothing else: the SDK's message carries headers.</summary>
    public static ImageStoreException Refused(string what, Exception e) => new($"The image store failed at {what}: {Reason(e)}", e);

    private static string Reason(Exception e) => e switch
    {
        RequestFailedException { Status: 403 } refused => $"access refused (403 {refused.ErrorCode}).",
        RequestFailedException { Status: 0 } unreached => $"it can't be reached ({FirstLine(unreached)}).",
        RequestFailedException { ErrorCode: "ContainerNotFound" } => "its container isn't there, and Storage:Azure:CreateContainer is false, so it isn't made.",
        RequestFailedException refused => $"{refused.Status} {refused.ErrorCode}.",
        AuthenticationFailedException denied => $"Entra ID gave no token ({FirstLine(denied)}).",
        OperationCanceledException => "no answer in time.",
        AggregateException { InnerExceptions: [.., var last] } => Reason(last),
        _ => FirstLine(e),
    };

    private static string FirstLine(Exception e) => e.Message.Split('\n', 2)[0].Trim();
}
