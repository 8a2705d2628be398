namespace Darkroom.Jobs.Running;

/// <summary>The stored names of what became of an attempt: an API, pinned by a test.</summary>
public static class AttemptState
{
    public const string Sending = "sending";
    public const string Succeeded = "succeeded";
    public const string Adopted = "adopted";
    public const string Rejected = "rejected";
    public const string Throttled = "throttled";
    public const string Halted = "halted";
    public const string ServerFailed = "server_failed";
    public const string NotSent = "not_sent";
    public const string Unknown = "unknown";
}
