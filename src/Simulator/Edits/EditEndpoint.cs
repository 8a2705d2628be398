using System.Text;
using Darkroom.Simulator.Accounts;
using Darkroom.Simulator.Faults;
using Darkroom.Simulator.Http;
using Darkroom.Simulator.Requests;
using Darkroom.Simulator.Sources;
using Microsoft.AspNetCore.Http;

namespace Darkroom.Simulator.Edits;

/// <summary>
/// POST /v1/images/edits, from the key to the last byte. When a client leaves after its request was read, the edit is finished and billed, as the service does.
/// </summary>
internal sealed class EditEndpoint(
    SimulatorOptions options, SimulatorAccount account, AccountLimits limits, SourceReader sources, EditWork work, CancellationToken stopping)
{
    private FaultState faults = new(options.Faults);

    /// <summary>Puts other faults in force, from the next request on.</summary>
    public void SetFaults(SimulatorFaults next) => Volatile.Write(ref faults, new FaultState(next));

    /// <summary>Answers one request.</summary>
    public async Task HandleAsync(HttpContext context)
    {
        using var call = new CountedCall(account, limits);
        if (await AdmitAsync(context, call) is { } refusal)
        {
            account.Refuse(refusal.Class, refusal.Status);
            call.Dispose();
            await ErrorWriter.WriteAsync(context, refusal, options.RetryAfterHeaders);
        }
    }

    /// <summary>Does everything that comes before the limits, and then the rest; returns the refusal that is still to be written, or null.</summary>
    private async Task<ServiceError?> AdmitAsync(HttpContext context, CountedCall call)
    {
        var draw = new FaultDraw(options.Seed, call.Place);
        var state = Volatile.Read(ref faults);
        var plan = FaultPlan.For(state.Faults, draw);
        if (CannedRefusal.Find(state.Faults.Refuse) is { } canned)
        {
            account.Refuse(canned.Name, canned.Status);
            call.Dispose();
            await canned.WriteAsync(context);
            return null;
        }

        if (KeyCheck.Check(context.Request, options.ApiKey) is { } noKey)
        {
            return noKey;
        }

        if (!state.TakesKey())
        {
            return ServiceError.Unauthorized(KeyCheck.Read(context.Request)) with { Code = "invalid_api_key" };
        }

        var read = await EditRequestReader.ReadAsync(context.Request, context.RequestAborted);
        if (read.Request is not { } request)
        {
            return read.Error;
        }

        if (state.Faults.ModelsGone.Contains(request.Model.Name, StringComparer.Ordinal))
        {
            return ServiceError.ModelGone(request.Model.Name);
        }

        if (state.IsQuotaSpent)
        {
            return ServiceError.QuotaSpent();
        }

        if (plan.Html)
        {
            account.Refuse("html", StatusCodes.Status502BadGateway);
            call.Dispose();
            await ErrorWriter.WriteHtmlAsync(context, StatusCodes.Status502BadGateway);
            return null;
        }

        if (plan.Error is not null)
        {
            return plan.Error;
        }

        var refusal = call.Enter(request.N);
        if (options.RateLimitHeaders)
        {
            limits.WriteHeaders(context.Response.Headers);
        }

        return refusal is null
            ? await EditAsync(context, request, state, plan, draw, call)
            : LimitErrors.Of(refusal, request.Model.Name);
    }

    private async Task<ServiceError?> EditAsync(HttpContext context, EditRequest request, FaultState state, FaultPlan plan, FaultDraw draw, CountedCall call)
    {
        if (plan.ResetBefore)
        {
            Reset(context, call);
            return null;
        }

        if (ModerationRules.IsRefused(request.Prompt, options.ModerationWords.Concat(state.Faults.ModerationWords)))
        {
            return ServiceError.Moderated();
        }

        var loaded = await LoadedSources.LoadAsync(request, sources, stopping);
        if (loaded.Error is not null)
        {
            return loaded.Error;
        }

        var fails = plan.StreamError && request.Stream;
        if (!fails && !state.TakeQuota())
        {
            return ServiceError.QuotaSpent();
        }

        var latency = FaultPlan.Latency(options.Latency, options.LatencyJitter, options.LatencyTail, draw) + plan.Slow;
        if (latency > TimeSpan.Zero)
        {
            await Task.Delay(latency, options.TimeProvider, stopping);
        }

        var outputsUrl = $"{context.Request.Scheme}://{context.Request.Host}/simulator/outputs";
        var answer = work.Make(request, loaded, context.TraceIdentifier, outputsUrl);
        if (fails)
        {
            account.Refuse("image_generation_failed", StatusCodes.Status200OK);
            await StreamedAnswer.WriteErrorAsync(context, answer, context.RequestAborted);
            call.Dispose();
            await context.Response.CompleteAsync();
            return null;
        }

        await DeliverAsync(context, answer, plan, call, account.Bill(work.Entry(answer, loaded, context.TraceIdentifier)));
        return null;
    }

    private async Task DeliverAsync(HttpContext context, EditAnswer answer, FaultPlan plan, CountedCall call, long sequence)
    {
        if (plan.GatewayStatus is { } status)
        {
            account.Refuse("gateway", status);
            call.Dispose();
            await ErrorWriter.WriteHtmlAsync(context, status);
            return;
        }

        if (plan.ResetAfter)
        {
            Reset(context, call);
            return;
        }

        if (plan.NotImage)
        {
            answer = answer with { Images = [.. answer.Images.Select(_ => new AnswerImage(Encoding.UTF8.GetBytes(ErrorWriter.Page("No image")), ""))] };
        }

        await (answer.Request.Stream
            ? StreamedAnswer.WriteAsync(context, answer, options.TokenRules, plan.Cut, context.RequestAborted)
            : WholeAnswer.WriteAsync(context, answer, options.TokenRules, plan.Cut, context.RequestAborted));
        if (plan.Cut)
        {
            await context.Response.BodyWriter.FlushAsync(context.RequestAborted);
            Reset(context, call);
            return;
        }

        // The answer's last bytes are not sent yet: a client that has read them finds the edit delivered in the account.
        if (!context.RequestAborted.IsCancellationRequested)
        {
            account.Deliver(sequence);
        }

        call.Dispose();
        await context.Response.CompleteAsync();
    }

    private void Reset(HttpContext context, CountedCall call)
    {
        account.Refuse("reset", 0);
        call.Dispose();
        context.Abort();
    }
}

/// <summary>
/// One edit call, as the account and the limits count it. It ends just before the last bytes of the answer are sent, not after: a client that has read its
/// answer and sends the next request at once must not be counted twice.
/// </summary>
internal sealed class CountedCall(SimulatorAccount account, AccountLimits limits) : IDisposable
{
    private bool limited;
    private bool left;

    /// <summary>The call's place in the order of arrival.</summary>
    public long Place { get; } = account.Arrive();

    /// <summary>Asks the limits; null when they let the call in.</summary>
    public LimitRefusal? Enter(int images)
    {
        if (limits.Enter(images, out var at) is { } refusal)
        {
            return refusal;
        }

        limited = true;
        account.Accept(at, images);
        return null;
    }

    /// <summary>Ends the call; a second time does nothing.</summary>
    public void Dispose()
    {
        if (left)
        {
            return;
        }

        left = true;
        account.Leave();
        if (limited)
        {
            limits.Leave();
        }
    }
}
