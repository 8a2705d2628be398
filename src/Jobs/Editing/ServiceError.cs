namespace Darkroom.Jobs.Editing;

/// <summary>An error of a call, as it is stored and shown. Holds no secret: messages are shortened and scrubbed where they are made.</summary>
/// <param name="Class">One of <see cref="ErrorClasses"/>: what the error is to us.</param>
/// <param name="Code">The service's <c>code</c> (or <c>type</c>, or a name of ours): what it is to the service.</param>
/// <param name="Message">The service's message, at most 2,000 characters.</param>
public sealed record ServiceError(string Class, string? Code, string Message)
{
    /// <summary>Class and code for people: <c>moderation (moderation_blocked)</c>, or the class alone.</summary>
    public string Name => string.IsNullOrEmpty(Code) || Code == Class ? Class : $"{Class} ({Code})";

    /// <summary>The service's <c>type</c>, or null.</summary>
    public string? Type { get; init; }

    /// <summary>The parameter at fault, or null.</summary>
    public string? Param { get; init; }

    /// <summary>Further structured details as raw JSON, such as <c>moderation_details</c>, or null.</summary>
    public string? DetailsJson { get; init; }
}
