using System.Data.Common;
using Darkroom.Jobs.Browsing;
using Darkroom.Jobs.Manifests;
using Darkroom.Jobs.Outputs;
using Darkroom.Jobs.Running;
using Darkroom.Worker.Client.Shapes;
using Darkroom.Worker.Machine;
using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Diagnostics;

namespace Darkroom.Worker.Api;

/// <summary>Makes a problem of whatever a request ends in. What nobody foresaw is logged, and the answer says nothing of it.</summary>
internal sealed class ProblemMiddleware(RequestDelegate next, ILogger<ProblemMiddleware> logger)
{
    public async Task InvokeAsync(HttpContext context)
    {
        try
        {
            await next(context);
            if (context.Response is { HasStarted: false, ContentLength: null, ContentType: null, StatusCode: >= 400 } && context.Features.Get<IStatusCodePagesFeature>() is not { Enabled: false })
                await Problems.WriteAsync(context, OfStatus(context.Response.StatusCode));
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            // Nobody waits for an answer.
            context.Abort();
        }
        catch (Exception exception)
        {
            var problem = Explain(exception);
            if (problem is null || problem == MachineLacks) Log.RequestFailed(logger, context.Request.Path, exception);
            if (context.Response.HasStarted)
            {
                // Half an answer must not look like a whole one.
                context.Abort();
                return;
            }

            context.Response.Headers.Remove("Content-Disposition");
            await Problems.WriteAsync(context, problem ?? Problems.Of(StatusCodes.Status500InternalServerError, "internal", "Something is broken here", "The worker's log says what."));
        }
    }

    private static ProblemShape? Explain(Exception exception) => exception switch
    {
        ApiException refused => refused.Problem,
        InvalidManifestException manifest => OfManifest(manifest),
        InvalidCursorException cursor => Problems.BadField("after", cursor.Message).Problem,
        BadHttpRequestException { StatusCode: StatusCodes.Status413PayloadTooLarge } => TooLarge,
        // The check of a form's CSRF token reads the form.
        AntiforgeryValidationException { InnerException: BadHttpRequestException inner } => Explain(inner),
        AntiforgeryValidationException form => Problems.BadField("body", $"the form can't be read: {(form.InnerException ?? form).Message}").Problem,
        BadHttpRequestException bad => Problems.Of(bad.StatusCode, "invalid-request", "The request can't be used", bad.Message),
        ImageStoreException => Problems.Of(StatusCodes.Status503ServiceUnavailable, "store-away", "The image store is away", "Try again later; /health/ready tells how it is."),
        _ when DatabaseFaults.IsTransient(exception) && IsDatabase(exception) => Problems.Of(StatusCodes.Status503ServiceUnavailable, "database-away", "The database is away", "Try again later; /health/ready tells how it is."),
        _ when MachineFaults.Explain(exception) is not null => MachineLacks,
        _ => null,
    };

    // What it lacks is for the log and /health/ready: it names folders of the machine.
    private static ProblemShape MachineLacks { get; } =
        Problems.Of(StatusCodes.Status503ServiceUnavailable, "machine", "The machine lacks something", "Try again later; /health/ready and the worker's log tell what.");

    /// <summary>A body is larger than what is taken.</summary>
    public static ProblemShape TooLarge { get; } = Problems.Of(StatusCodes.Status413PayloadTooLarge, "too-large", "Too large", "The body is larger than Api:MaxManifestBytes.");

    /// <summary>A manifest has problems.</summary>
    public static ProblemShape OfManifest(InvalidManifestException manifest) =>
        Problems.Of(StatusCodes.Status422UnprocessableEntity, "invalid-manifest", "The manifest has problems", $"{manifest.Total} problem{(manifest.Total == 1 ? "" : "s")}; nothing was imported.") with
        {
            Errors = [.. manifest.Problems.Select(problem => new FieldProblemShape(problem.File, problem.Line == 0 ? null : problem.Line, problem.Field, problem.Reason))],
            ErrorCount = manifest.Total,
        };

    private static bool IsDatabase(Exception? exception) => exception is not null && (exception is DbException || IsDatabase(exception.InnerException));

    private static ProblemShape OfStatus(int status) => status switch
    {
        StatusCodes.Status404NotFound => Problems.Of(status, "not-found", "Not found", "There is nothing at this address; /openapi/v1.json tells what there is."),
        StatusCodes.Status405MethodNotAllowed => Problems.Of(status, "method", "Not this way", "The address takes another method; /openapi/v1.json tells which."),
        StatusCodes.Status415UnsupportedMediaType => Problems.Of(status, "media-type", "Not this kind of body", "/openapi/v1.json tells what is taken."),
        _ => Problems.Of(status, "invalid-request", "The request can't be used", $"The answer is {status}."),
    };
}
