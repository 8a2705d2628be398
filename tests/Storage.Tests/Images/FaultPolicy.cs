using System.Net.Sockets;
using Azure;
using Azure.Core;
using Azure.Core.Pipeline;

namespace Darkroom.Storage.Tests.Images;

/// <summary>Puts faults in the way of requests: what a test says of each, counted from 1, retries of the SDK included.</summary>
internal sealed class FaultPolicy(Func<int, Request, Fault> plan) : HttpPipelinePolicy
{
    private int _requests;

    public int Requests => Volatile.Read(ref _requests);

    public override void Process(HttpMessage message, ReadOnlyMemory<HttpPipelinePolicy> pipeline) => throw new NotSupportedException("The stores are asynchronous.");

    public override async ValueTask ProcessAsync(HttpMessage message, ReadOnlyMemory<HttpPipelinePolicy> pipeline)
    {
        var fault = plan(Interlocked.Increment(ref _requests), message.Request);
        switch (fault)
        {
            case Fault.Busy:
                message.Response = new MadeUpResponse(503, "ServerBusy", message.Request.ClientRequestId);
                return;
            case Fault.Conflict:
                message.Response = new MadeUpResponse(409, "ContainerBeingDeleted", message.Request.ClientRequestId);
                return;
            case Fault.Precondition:
                message.Response = new MadeUpResponse(412, "ConditionNotMet", message.Request.ClientRequestId);
                return;
            case Fault.Timeout:
                throw new RequestFailedException(0, "The connection timed out.", new TimeoutException());
            case Fault.Reset:
                throw new SocketException((int)SocketError.NotConnected);
            default:
                await ProcessNextAsync(message, pipeline);
                if (fault != Fault.AnswerLost) return;
                message.Response.Dispose();
                throw new RequestFailedException(0, "The connection was cut.", new IOException("The connection was cut."));
        }
    }
}
