namespace Darkroom.Jobs.Editing;

/// <summary>What only Azure OpenAI has: configuration section <c>Edit:Azure</c>.</summary>
public sealed class AzureEndpointOptions
{
    /// <summary>
    /// Whether requests carry a token of Microsoft Entra ID instead of a key. Default false. The account is found as Azure's own tools find it:
    /// environment, workload or managed identity, the developer's login.
    /// </summary>
    public bool UseEntraId { get; set; }
}
