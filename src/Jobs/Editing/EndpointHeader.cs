namespace Darkroom.Jobs.Editing;

/// <summary>The header that authorizes a request. Its value is a secret.</summary>
/// <param name="Name">Such as <c>Authorization</c> or <c>api-key</c>.</param>
/// <param name="Value">The whole value, <c>Bearer …</c> included.</param>
public sealed record EndpointHeader(string Name, string Value)
{
    /// <summary>The name alone.</summary>
    public override string ToString() => Name;
}
