using System.Globalization;
using Darkroom.Simulator.Accounts;
using Darkroom.Simulator.Faults;
using Darkroom.Simulator.Http;
using Microsoft.AspNetCore.Http;

namespace Darkroom.Simulator;

/// <summary>What every request passes through: it gets an id, and an unforeseen failure is noted in the account.</summary>
internal sealed class RequestPipeline(SimulatorOptions options, SimulatorAccount account, CancellationToken stopping)
{
    private long requests;

    /// <summary>Handles one request.</summary>
    public async Task HandleAsync(HttpContext context, RequestDelegate next)
    {
        var draw = new FaultDraw(options.Seed, Interlocked.Increment(ref requests));
        context.TraceIdentifier = string.Create(CultureInfo.InvariantCulture, $"req_{draw.Bits(-1):x16}{draw.Bits(-2):x16}");
        context.Response.Headers["x-request-id"] = context.TraceIdentifier;
        try
        {
            await next(context);
        }
        catch (Exception e) when (context.RequestAborted.IsCancellationRequested && e is OperationCanceledException or IOException)
        {
            // The client has left; the account already tells that its answer wasn't delivered.
            context.Abort();
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            context.Abort();
        }
        catch (BadHttpRequestException e) when (!context.Response.HasStarted)
        {
            await ErrorWriter.WriteAsync(context, ServiceError.BadRequest("bad_request", e.Message, null) with { Status = e.StatusCode }, retryHeaders: false);
        }
        catch (Exception e)
        {
            account.NoteDefect(e);
            throw;
        }
    }

    /// <summary>Wraps a handler of the service's own API: no key, no answer.</summary>
    public RequestDelegate WithKey(RequestDelegate handle) => context => KeyCheck.Check(context.Request, options.ApiKey) is { } refusal
        ? ErrorWriter.WriteAsync(context, refusal, retryHeaders: false)
        : handle(context);

    /// <summary>The answer to a path that isn't there.</summary>
    public static Task NotFoundAsync(HttpContext context) => ErrorWriter.WriteAsync(
        context, ServiceError.NotFound($"Invalid URL ({context.Request.Method} {context.Request.Path})") with { Code = null }, retryHeaders: false);
}
