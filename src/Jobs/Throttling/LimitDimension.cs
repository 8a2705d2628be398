namespace Darkroom.Jobs.Throttling;

/// <summary>The stored names of what a service limits per minute: an API.</summary>
public static class LimitDimension
{
    /// <summary>Calls.</summary>
    public const string Requests = "requests";

    /// <summary>Images asked for: n counts.</summary>
    public const string Images = "images";

    /// <summary>Images sent along.</summary>
    public const string InputImages = "input_images";

    /// <summary>Tokens, estimated before the call.</summary>
    public const string Tokens = "tokens";
}
