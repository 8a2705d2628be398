using System.Globalization;
using System.Net;
using Darkroom.Jobs.Batches;
using Darkroom.Jobs.Running;
using Darkroom.Worker.Access;
using Hangfire;
using Hangfire.Common;
using Hangfire.Dashboard;

namespace Darkroom.Worker.Hangfire;

/// <summary>Hangfire's own pages.</summary>
internal static class HangfireDashboard
{
    /// <summary>Where they are.</summary>
    public const string Path = "/hangfire";

    // Before what Hangfire shows of the job's states.
    private const int Order = 10;

    // The dashboard keeps its renderers in one place for the whole process, whatever hosts there are in it.
    private static readonly Lazy<bool> DetailsAdded = new(() =>
    {
        GlobalConfiguration.Configuration.UseJobDetailsRenderer(Order, RenderDetails);
        return true;
    });

    /// <summary>Maps them behind the same door as everything else: viewers look, operators and admins act.</summary>
    public static void MapHangfire(this IEndpointRouteBuilder endpoints)
    {
        _ = DetailsAdded.Value;
        endpoints.MapHangfireDashboard(
            Path,
            new DashboardOptions
            {
                DashboardTitle = "Darkroom jobs",
                // The connection string is nobody's business.
                DisplayStorageConnectionString = false,
                Authorization = [new SignedInFilter()],
                IsReadOnlyFunc = context => !context.GetHttpContext().User.IsInRole(AccessDefaults.Operator),
            });
    }

    // How the batch gets on, on the page of its job.
    private static NonEscapedString RenderDetails(JobDetailsRendererDto page)
    {
        if (page.JobDetails.Job is not { Type: var type, Args: [string batchId, ..] } || type != typeof(EditBatch)
            || page.Page.Context.GetHttpContext().RequestServices.GetService<BatchTitles>()?.Find(batchId) is not { } batch)
            return new NonEscapedString("");
        var share = batch.Ended is { } ended
            ? string.Create(CultureInfo.InvariantCulture, $"""<progress max="{batch.Items}" value="{ended}"></progress> {ended:N0} of {batch.Items:N0} items have ended""")
            : string.Create(CultureInfo.InvariantCulture, $"{batch.Items:N0} items");
        return new NonEscapedString($"""
            <h3>Batch {WebUtility.HtmlEncode(batch.Name)}</h3>
            <p>{WebUtility.HtmlEncode(batch.BatchId)}, {batch.State.ToName().Replace('_', ' ')}: {share}</p>
            """);
    }
}

/// <summary>Lets in who the door has let in, and nobody where there is no door.</summary>
internal sealed class SignedInFilter : IDashboardAuthorizationFilter
{
    /// <inheritdoc/>
    public bool Authorize(DashboardContext context) => context.GetHttpContext().User.IsInRole(AccessDefaults.Viewer);
}

/// <summary>Shows the job of a batch by the batch's name and progress; the job itself carries an id only.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class BatchTitleAttribute() : JobDisplayNameAttribute("Batch {0}")
{
    /// <inheritdoc/>
    public override string Format(DashboardContext context, Job job) =>
        job.Args is [string batchId, ..] && context.GetHttpContext().RequestServices.GetService<BatchTitles>() is { } titles ? titles.Of(batchId) : base.Format(context, job);
}

/// <summary>
/// Titles of batches for Hangfire's pages, which ask for one after another while they are written: one look at all open batches serves the whole page, and
/// pages that are asked for again at once. It blocks while it looks: Hangfire's pages aren't asynchronous.
/// </summary>
internal sealed class BatchTitles(IBatchJobStore store, TimeProvider time)
{
    /// <summary>How old a title may be.</summary>
    internal static readonly TimeSpan Age = TimeSpan.FromSeconds(2);

    private const int MostKept = 10_000;

    private readonly Lock _gate = new();
    private readonly Dictionary<string, (BatchTitle? Title, long At)> _others = new(StringComparer.Ordinal);
    private Dictionary<string, BatchTitle> _open = new(StringComparer.Ordinal);
    private long? _looked;

    /// <summary>The title of a batch; its id, when nobody knows it any more.</summary>
    public string Of(string batchId) => Find(batchId)?.ToString() ?? $"Batch {batchId}";

    /// <summary>What is known of a batch, or null when nobody knows it any more.</summary>
    public BatchTitle? Find(string batchId)
    {
        lock (_gate)
        {
            if (_looked is not { } looked || time.GetElapsedTime(looked) >= Age)
            {
                _open = Wait(() => store.ListOpenAsync(CancellationToken.None)).ToDictionary(title => title.BatchId, StringComparer.Ordinal);
                _looked = time.GetTimestamp();
            }

            if (_open.TryGetValue(batchId, out var open)) return open;
            if (_others.TryGetValue(batchId, out var known) && time.GetElapsedTime(known.At) < Age) return known.Title;
            var title = Wait(() => store.FindAsync(batchId, CancellationToken.None));
            if (_others.Count >= MostKept) _others.Clear();
            _others[batchId] = (title, time.GetTimestamp());
            return title;
        }
    }

    private static T Wait<T>(Func<Task<T>> look) => Task.Run(look).GetAwaiter().GetResult();
}
