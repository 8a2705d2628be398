using System.Text.Json;
using Darkroom.Jobs.Access;
using Darkroom.Jobs.Estimates;
using Darkroom.Jobs.Manifests;
using Darkroom.Jobs.Models;
using Darkroom.Jobs.Schedules;
using Darkroom.Worker.Cli;
using Darkroom.Worker.Client.Shapes;
using Darkroom.Worker.Schedules;
using Microsoft.Extensions.Options;

namespace Darkroom.Worker.Api;

/// <summary>Adds schedules that are asked for over the network: by the same rules as the command line, but that no path of this machine may be named.</summary>
internal sealed class ScheduleSubmission(
    IScheduleStore store, ManifestOpener opener, ManifestPlanner planner, ManifestEstimator estimator, ModelBook book, IOptions<CostOptions> costs,
    TimeProvider time, IConfiguration configuration, IServiceProvider services)
{
    /// <summary>What a body may have.</summary>
    public static readonly string[] BodyFields = ["name", "cron", "time_zone", "manifest", "overlap", "replace", "fields"];

    /// <summary>Adds one.</summary>
    /// <exception cref="ApiException">It can't be.</exception>
    /// <exception cref="InvalidManifestException">Its manifest is there and has problems.</exception>
    public async Task<ScheduleAddedShape> AddAsync(JsonElement body, Actor by, CancellationToken cancellationToken)
    {
        var recurrence = new Recurrence(Required(body, "name"), Recurrence.Expand(Required(body, "cron")), Text(body, "time_zone") ?? "UTC");
        if (ScheduleNames.FaultOf(recurrence.Name) is { } fault) throw Problems.BadField("name", fault);
        CheckTimes(recurrence);
        var manifest = Required(body, "manifest");
        if (!ManifestOpener.IsAddress(manifest)) throw Problems.BadField("manifest", "must be an http(s) address or az://ACCOUNT/CONTAINER/BLOB; paths are for the machine itself");
        var (template, deadline, consentOf) = new SubmitFields(isScheduled: true).ReadTemplate(Fields(body), time, configuration);
        CheckWebhook(template);
        var replace = Flag(body, "replace");
        var schedule = new Schedule(recurrence.Name, recurrence.Cron, recurrence.TimeZone, manifest, template, time.GetUtcNow()) { Deadline = deadline, Overlap = Overlap(body) };
        var (agreed, warnings) = await AgreeAsync(schedule, consentOf(costs.Value), cancellationToken);
        if (!await store.AddAsync(agreed, replace, by, cancellationToken))
            throw new ApiException(Problems.Of(StatusCodes.Status409Conflict, "exists", "It is there already", $"There is a schedule {recurrence.Name} already; \"replace\": true replaces it."));
        return new ScheduleAddedShape(ScheduleShapes.Of(agreed, null, time.GetUtcNow()), warnings);
    }

    // A manifest that isn't there yet may be there at night; one that is there must be in order, and cost no more than was agreed to.
    private async Task<(Schedule Schedule, IReadOnlyList<string> Warnings)> AgreeAsync(Schedule schedule, SpendConsent consent, CancellationToken cancellationToken)
    {
        schedule = schedule with { Template = schedule.Template with { MaxCostUsd = consent.MaxCostUsd, Canary = consent.Canary } };
        OpenedManifest opened;
        try
        {
            opened = await opener.OpenAsync(schedule.Manifest, cancellationToken);
        }
        catch (ManifestUnavailableException unavailable)
        {
            return (schedule, [$"{unavailable.Message} So it isn't checked now."]);
        }

        await using (opened)
        {
            var batch = schedule.Template.ToBatch("unused", schedule.Name, DateOnly.FromDateTime(time.GetUtcNow().UtcDateTime));
            var estimate = await estimator.EstimateAsync(opened.Plan(planner, batch.Defaults), batch.Reuse, batch.Caps, cancellationToken);
            if (estimate.ProblemCount > 0) throw new InvalidManifestException(estimate.Problems, estimate.ProblemCount);
            BatchSubmission.Agree(batch, estimate, consent);
            return (schedule, [.. ScheduleWarnings.Of(estimate, book, time)]);
        }
    }

    private void CheckTimes(Recurrence recurrence)
    {
        try
        {
            _ = recurrence.NextAfter(time.GetUtcNow());
        }
        catch (FormatException exception)
        {
            throw Problems.BadField("cron", exception.Message);
        }
    }

    private void CheckWebhook(BatchTemplate template)
    {
        try
        {
            WebhookCheck.RequireSecret(services, template.WebhookUrl);
        }
        catch (CliException exception)
        {
            throw Problems.BadField("fields.webhook", exception.Message);
        }
    }

    private static ScheduleOverlap Overlap(JsonElement body) => Text(body, "overlap") switch
    {
        null or "skip" => ScheduleOverlap.Skip,
        "queue" => ScheduleOverlap.Queue,
        _ => throw Problems.BadField("overlap", "must be skip or queue"),
    };

    private static List<KeyValuePair<string, string>> Fields(JsonElement body)
    {
        var fields = new List<KeyValuePair<string, string>>();
        if (!body.TryGetProperty("fields", out var given) || given.ValueKind == JsonValueKind.Null) return fields;
        if (given.ValueKind != JsonValueKind.Object) throw Problems.BadField("fields", "must be an object");
        foreach (var field in given.EnumerateObject())
        {
            var values = field.Value.ValueKind == JsonValueKind.Array ? field.Value.EnumerateArray().ToList() : [field.Value];
            foreach (var value in values)
            {
                var text = value.ValueKind switch
                {
                    JsonValueKind.String => value.GetString()!,
                    JsonValueKind.Number or JsonValueKind.True or JsonValueKind.False => value.GetRawText(),
                    _ => throw Problems.BadField($"fields.{field.Name}", "must be a text, a number, true, false or a list of those"),
                };
                fields.Add(KeyValuePair.Create(field.Name, text));
            }
        }

        return fields;
    }

    private static string Required(JsonElement body, string field) => Text(body, field) is { Length: > 0 } text ? text : throw Problems.BadField(field, "is needed");

    private static string? Text(JsonElement body, string field) => !body.TryGetProperty(field, out var given) || given.ValueKind == JsonValueKind.Null ? null
        : given.ValueKind == JsonValueKind.String ? given.GetString()
        : throw Problems.BadField(field, "must be a text");

    private static bool Flag(JsonElement body, string field) => body.TryGetProperty(field, out var given) && given.ValueKind switch
    {
        JsonValueKind.True => true,
        JsonValueKind.False or JsonValueKind.Null => false,
        _ => throw Problems.BadField(field, "must be true or false"),
    };
}
