namespace Darkroom.Jobs.Sources;

/// <summary>An address that the rules of fetching refuse; trying again doesn't help. The message names no address: it may be signed, or tell of an inner network.</summary>
public sealed class ForbiddenTargetException(string message) : HttpRequestException(message)
{
    /// <summary>The refusal in an exception, or null: a handler wraps what a connection throws.</summary>
    public static ForbiddenTargetException? Find(Exception? exception)
    {
        for (; exception is not null; exception = exception.InnerException)
            if (exception is ForbiddenTargetException refusal) return refusal;
        return null;
    }
}
