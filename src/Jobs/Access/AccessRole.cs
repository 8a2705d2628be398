namespace Darkroom.Jobs.Access;

/// <summary>What a key may do; each role may do what the ones before it may. The names, in lower case, are stored and printed, so they are an API.</summary>
public enum AccessRole
{
    /// <summary>Look.</summary>
    Viewer,

    /// <summary>Submit batches and steer them.</summary>
    Operator,

    /// <summary>Everything, the audit and Hangfire's dashboard included.</summary>
    Admin,
}
