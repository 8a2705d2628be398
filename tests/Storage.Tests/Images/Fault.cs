namespace Darkroom.Storage.Tests.Images;

/// <summary>What befalls a request on its way.</summary>
internal enum Fault
{
    /// <summary>Nothing.</summary>
    None,

    /// <summary>The service is too busy, and does nothing.</summary>
    Busy,

    /// <summary>A conflict that isn't about our place: the service does nothing.</summary>
    Conflict,

    /// <summary>A condition that failed, which the service didn't have from us.</summary>
    Precondition,

    /// <summary>No answer in time; the request never came to the service.</summary>
    Timeout,

    /// <summary>The connection is reset in the instant that it is made, which HttpClient tells by a bare SocketException.</summary>
    Reset,

    /// <summary>The service has done it, and its answer is lost.</summary>
    AnswerLost,
}
