using Microsoft.Extensions.Logging;

namespace Darkroom.Jobs.Webhooks;

/// <summary>Log messages of webhooks; event ids 2950 to 2979.</summary>
internal static partial class Log
{
    [LoggerMessage(2950, LogLevel.Debug, "{Event} was told to {Target} (delivery {DeliveryId}).")]
    public static partial void Delivered(ILogger logger, string @event, Guid deliveryId, string target);

    [LoggerMessage(2951, LogLevel.Warning, "{Event} couldn't be told to {Target} (delivery {DeliveryId}): {Reason} Again in {Wait}.")]
    public static partial void NotDelivered(ILogger logger, string @event, Guid deliveryId, string target, string reason, string wait);

    [LoggerMessage(2952, LogLevel.Error, "{Event} couldn't be told to {Target} (delivery {DeliveryId}) and is given up: {Reason}")]
    public static partial void GivenUp(ILogger logger, string @event, Guid deliveryId, string target, string reason);

    [LoggerMessage(2953, LogLevel.Warning, "Telling webhooks failed; it comes again.")]
    public static partial void DispatchFailed(ILogger logger, Exception exception);
}
