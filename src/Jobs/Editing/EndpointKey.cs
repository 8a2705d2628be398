using Microsoft.Extensions.Options;

namespace Darkroom.Jobs.Editing;

/// <summary>The key of <see cref="EndpointOptions.ApiKey"/>: a bearer token in <c>Authorization</c>, bare in any other header.</summary>
public sealed class EndpointKey(IOptions<EndpointOptions> options) : IEndpointCredential
{
    private readonly EndpointHeader? _header = HeaderOf(options.Value);

    /// <inheritdoc/>
    public ValueTask<EndpointHeader?> GetHeaderAsync(CancellationToken cancellationToken) => ValueTask.FromResult(_header);

    private static EndpointHeader? HeaderOf(EndpointOptions options)
    {
        if (string.IsNullOrEmpty(options.ApiKey)) return null;
        var bearer = options.KeyHeader.Equals(EndpointOptions.Authorization, StringComparison.OrdinalIgnoreCase);
        return new EndpointHeader(options.KeyHeader, bearer ? $"Bearer {options.ApiKey}" : options.ApiKey);
    }
}
