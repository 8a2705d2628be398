namespace Darkroom.Jobs.Sources;

/// <summary>Who fetches the sources of a batch that its manifest names by http(s) address. The names are stored and are the values of <c>--fetch</c>.</summary>
public enum FetchedBy
{
    /// <summary>The service: addresses are sent to it as they are.</summary>
    Service,

    /// <summary>The worker: it fetches under the rules of <see cref="SourcesOptions"/>, and sends what it got inline or as an uploaded file.</summary>
    Worker,
}
