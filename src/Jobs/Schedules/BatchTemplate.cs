using System.Text.Json;
using System.Text.Json.Serialization;
using Darkroom.Jobs.Batches;
using Darkroom.Jobs.Editing;
using Darkroom.Jobs.Manifests;
using Darkroom.Jobs.Reuse;
using Darkroom.Jobs.Sources;
using Darkroom.Jobs.Throttling;

namespace Darkroom.Jobs.Schedules;

/// <summary>What the batches of a schedule are like. Its JSON is stored: names are an API, and what a later version adds must have a default.</summary>
public sealed record BatchTemplate
{
    private static readonly JsonSerializerOptions Json = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.SnakeCaseLower) },
    };

    /// <summary>What batches are called; the schedule's name and the day unless said.</summary>
    public string? Name { get; init; }

    /// <inheritdoc cref="BatchDefaults.Prompt"/>
    public string? Prompt { get; init; }

    /// <inheritdoc cref="BatchDefaults.Options"/>
    public JsonElement? Options { get; init; }

    /// <inheritdoc cref="BatchDefaults.Tags"/>
    public IReadOnlyDictionary<string, string> Tags { get; init; } = BatchDefaults.Empty.Tags;

    /// <inheritdoc cref="BatchDefaults.Images"/>
    public IReadOnlyList<string> Images { get; init; } = [];

    /// <inheritdoc cref="BatchDefaults.Mask"/>
    public string? Mask { get; init; }

    /// <inheritdoc cref="NewBatch.Priority"/>
    public int Priority { get; init; } = 5;

    /// <inheritdoc cref="NewBatch.OnUnknown"/>
    public OnUnknown OnUnknown { get; init; }

    /// <inheritdoc cref="NewBatch.MaxAttempts"/>
    public int MaxAttempts { get; init; } = 5;

    /// <inheritdoc cref="NewBatch.MaxCostUsd"/>
    public decimal? MaxCostUsd { get; init; }

    /// <summary>How many items run before each batch waits for approval; or null.</summary>
    public int? Canary { get; init; }

    /// <inheritdoc cref="NewBatch.Reuse"/>
    public ReuseMode Reuse { get; init; } = ReuseMode.Earlier;

    /// <inheritdoc cref="NewBatch.ProbeEvery"/>
    public TimeSpan? ProbeEvery { get; init; }

    /// <inheritdoc cref="NewBatch.DeleteUploads"/>
    public bool DeleteUploads { get; init; }

    /// <inheritdoc cref="NewBatch.FetchedBy"/>
    public FetchedBy FetchedBy { get; init; }

    /// <inheritdoc cref="NewBatch.WebhookUrl"/>
    public string? WebhookUrl { get; init; }

    /// <inheritdoc cref="NewBatch.Caps"/>
    public BatchCaps? Caps { get; init; }

    /// <inheritdoc cref="NewBatch.Hours"/>
    public BatchHours? Hours { get; init; }

    /// <summary>The template of output names; or null.</summary>
    public string? OutputName { get; init; }

    /// <summary>What a batch that was asked for once is like.</summary>
    public static BatchTemplate Of(NewBatch batch, string? name, int? canary) => new()
    {
        Name = name,
        Prompt = batch.Defaults.Prompt,
        Options = JsonSerializer.Deserialize<JsonElement>(batch.Defaults.Options.ToJson()),
        Tags = batch.Defaults.Tags,
        Images = batch.Defaults.Images,
        Mask = batch.Defaults.Mask,
        Priority = batch.Priority,
        OnUnknown = batch.OnUnknown,
        MaxAttempts = batch.MaxAttempts,
        MaxCostUsd = batch.MaxCostUsd,
        Canary = canary,
        Reuse = batch.Reuse,
        ProbeEvery = batch.ProbeEvery,
        DeleteUploads = batch.DeleteUploads,
        FetchedBy = batch.FetchedBy,
        WebhookUrl = batch.WebhookUrl,
        Caps = batch.Caps,
        Hours = batch.Hours,
        OutputName = batch.Defaults.OutputTemplate?.Template,
    };

    /// <summary>Reads what <see cref="ToJson"/> wrote.</summary>
    /// <exception cref="JsonException">It is something else.</exception>
    public static BatchTemplate Parse(string json) => JsonSerializer.Deserialize<BatchTemplate>(json, Json) ?? throw new JsonException("The template is null.");

    /// <summary>As it is stored.</summary>
    public string ToJson() => JsonSerializer.Serialize(this, Json);

    /// <summary>A batch of it; its canary and its estimate depend on the manifest.</summary>
    /// <param name="id">The batch.</param>
    /// <param name="name">What it is called where the template doesn't say.</param>
    /// <param name="day">The day that its output names have.</param>
    public NewBatch ToBatch(string id, string name, DateOnly day) => new(id, Name ?? name, new BatchDefaults(Prompt, Options is { } options ? EditOptions.Parse(options.GetRawText()) : EditOptions.None, Tags)
    {
        Images = Images,
        Mask = Mask,
        OutputTemplate = OutputName is null ? null : OutputTemplate.Parse(OutputName, id, day),
    })
    {
        Caps = Caps,
        Hours = Hours,
        Priority = Priority,
        OnUnknown = OnUnknown,
        MaxAttempts = MaxAttempts,
        MaxCostUsd = MaxCostUsd,
        Reuse = Reuse,
        ProbeEvery = ProbeEvery,
        DeleteUploads = DeleteUploads,
        FetchedBy = FetchedBy,
        WebhookUrl = WebhookUrl,
    };
}
