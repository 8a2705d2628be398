namespace Darkroom.Jobs.Editing;

/// <summary>Azure OpenAI: section <c>Edit:Azure</c>.</summary>
public sealed class AzureEndpointOptions
{
    /// <summary>
    /// Send a Microsoft Entra ID token instead of a key. The account is found as Azure's tools find it: environment, workload or managed identity, the
    /// developer's login.
    /// </summary>
    public bool UseEntraId { get; set; }
}
