using System.Diagnostics;
using Darkroom.Jobs.Editing;
using Darkroom.Jobs.Outputs;
using Microsoft.Extensions.Options;

namespace Darkroom.Jobs.Telemetry;

/// <summary>Measures calls, by the semantic conventions of GenAI clients.</summary>
public sealed class ObservedEditClient(IEditClient inner, JobMetrics metrics, IOptions<EndpointOptions> endpoint, TimeProvider time) : IEditClient
{
    /// <summary>What the conventions have no name of their own for.</summary>
    public const string OperationName = "edit_image";

    private readonly Uri _address = new(endpoint.Value.BaseUrl);
    private readonly string _provider = endpoint.Value.IsAzure ? "azure.ai.openai" : "openai";

    /// <inheritdoc/>
    public async Task<EditOutcome> SendAsync(EditRequest request, IOutputSink sink, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        var tags = new TagList
        {
            { "gen_ai.operation.name", OperationName },
            { "gen_ai.provider.name", _provider },
            { MetricNames.Model, request.Options.Model ?? endpoint.Value.Model },
            { "server.address", _address.Host },
            { "server.port", _address.Port },
        };
        using var span = Tracing.Step($"{OperationName} {request.Options.Model ?? endpoint.Value.Model}", ActivityKind.Client);
        foreach (var (name, value) in tags) span?.SetTag(name, value);
        var started = time.GetTimestamp();
        var error = nameof(OperationCanceledException);
        try
        {
            var outcome = await inner.SendAsync(request, sink, cancellationToken);
            error = outcome.ErrorOrNull?.Class;
            if (outcome.HttpStatus is { } status) span?.SetTag("http.response.status_code", status);
            if (outcome.RequestId is { } id) span?.SetTag("gen_ai.response.id", id);
            return outcome;
        }
        catch (Exception fault)
        {
            error = fault.GetType().Name;
            throw;
        }
        finally
        {
            if (error is not null)
            {
                span.Fail(error);
                tags.Add(MetricNames.ErrorType, error);
            }

            metrics.CallDuration.Record(time.GetElapsedTime(started).TotalSeconds, tags);
        }
    }
}
