using System.ClientModel.Primitives;
using Darkroom.Jobs.Editing;

namespace Darkroom.Jobs.Uploads;

/// <summary>Sends the SDK's requests where <see cref="EndpointOptions.ResolveFiles"/> says, authorized as edits are.</summary>
/// <param name="options">The endpoint.</param>
/// <param name="sdkEndpoint">What the SDK was told that the endpoint is.</param>
/// <param name="credential">Authorizes.</param>
internal sealed class EndpointPolicy(EndpointOptions options, Uri sdkEndpoint, IEndpointCredential credential) : AuthenticationPolicy
{
    public override void Process(PipelineMessage message, IReadOnlyList<PipelinePolicy> pipeline, int currentIndex) =>
        throw new NotSupportedException("Files are called asynchronously.");

    public override async ValueTask ProcessAsync(PipelineMessage message, IReadOnlyList<PipelinePolicy> pipeline, int currentIndex)
    {
        var path = message.Request.Uri!.AbsolutePath[sdkEndpoint.AbsolutePath.TrimEnd('/').Length..];
        message.Request.Uri = options.ResolveFiles(path.TrimStart('/'));
        if (await credential.GetHeaderAsync(message.CancellationToken) is { } header) message.Request.Headers.Set(header.Name, header.Value);
        await ProcessNextAsync(message, pipeline, currentIndex);
    }
}
