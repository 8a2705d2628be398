using System.Text.Json;
using System.Text.Json.Serialization;

namespace Darkroom.Simulator.Accounts;

/// <summary>The simulated account: what was asked of it, what it let in, and what it billed. Safe for threads; answers are snapshots.</summary>
public sealed class SimulatorAccount
{
    private readonly Lock gate = new();
    private readonly List<BilledEdit> billed = [];
    private readonly Dictionary<string, long> refused = new(StringComparer.Ordinal);
    private readonly SortedDictionary<long, long> accepted = [];
    private long requests, billedImages, delivered, throttled, defects;
    private int inFlight, maxInFlight;
    private string? lastDefect;

    internal SimulatorAccount()
    {
    }

    /// <summary>Everything billed so far, in order.</summary>
    public IReadOnlyList<BilledEdit> Billed
    {
        get
        {
            lock (gate)
            {
                return [.. billed];
            }
        }
    }

    /// <summary>The counters as they are now.</summary>
    public AccountSummary Summary
    {
        get
        {
            lock (gate)
            {
                return new(
                    requests, billed.Count, billedImages, delivered, throttled, new Dictionary<string, long>(refused, StringComparer.Ordinal),
                    inFlight, maxInFlight, new Dictionary<long, long>(accepted), defects, lastDefect);
            }
        }
    }

    /// <summary>Counts an arrival.</summary>
    /// <returns>Its place in the order of arrival, from 1.</returns>
    internal long Arrive()
    {
        lock (gate)
        {
            maxInFlight = Math.Max(maxInFlight, ++inFlight);
            return ++requests;
        }
    }

    /// <summary>Counts the end of a call.</summary>
    internal void Leave()
    {
        lock (gate)
        {
            inFlight--;
        }
    }

    /// <summary>Counts a refusal.</summary>
    internal void Refuse(string errorClass, int status)
    {
        lock (gate)
        {
            refused[errorClass] = refused.GetValueOrDefault(errorClass) + 1;
            throttled += status == 429 ? 1 : 0;
        }
    }

    /// <summary>Counts images that the limits let in.</summary>
    internal void Accept(DateTimeOffset at, int images)
    {
        lock (gate)
        {
            var second = at.ToUnixTimeSeconds();
            accepted[second] = accepted.GetValueOrDefault(second) + images;
        }
    }

    /// <summary>Bills an edit, whatever becomes of its answer.</summary>
    /// <param name="edit">Its sequence is given here.</param>
    /// <returns>The sequence.</returns>
    internal long Bill(BilledEdit edit)
    {
        lock (gate)
        {
            billed.Add(edit with { Sequence = billed.Count + 1, Delivered = false });
            billedImages += edit.N;
            return billed.Count;
        }
    }

    /// <summary>Notes that the whole answer of a billed edit has left.</summary>
    internal void Deliver(long sequence)
    {
        lock (gate)
        {
            var at = (int)sequence - 1;
            billed[at] = billed[at] with { Delivered = true };
            delivered++;
        }
    }

    /// <summary>Notes a bug of the simulator's own.</summary>
    internal void NoteDefect(Exception defect)
    {
        lock (gate)
        {
            defects++;
            lastDefect = defect.ToString();
        }
    }
}

/// <summary>What the account has seen so far. Only edit calls count.</summary>
/// <param name="Requests">Edit calls that arrived, whatever became of them.</param>
/// <param name="Billed">Edit calls that were billed.</param>
/// <param name="BilledImages">Their images.</param>
/// <param name="Delivered">Billed calls whose answer left whole.</param>
/// <param name="Throttled">429s, of limits, faults and quota.</param>
/// <param name="Refused">Refusals by the error's code, or its type when it has none; <c>html</c> and <c>reset</c> for these faults.</param>
/// <param name="InFlight">Calls at work now.</param>
/// <param name="MaxInFlight">The most at a time that were seen.</param>
/// <param name="AcceptedImages">Images that the limits let in, by Unix second.</param>
/// <param name="Defects">Requests that the simulator itself failed on; anything but 0 is its bug.</param>
/// <param name="LastDefect">The last such failure, or null.</param>
public sealed record AccountSummary(
    long Requests,
    long Billed,
    long BilledImages,
    long Delivered,
    long Throttled,
    IReadOnlyDictionary<string, long> Refused,
    int InFlight,
    int MaxInFlight,
    IReadOnlyDictionary<long, long> AcceptedImages,
    long Defects,
    string? LastDefect);

/// <summary>One edit call that the account was charged for.</summary>
/// <param name="Sequence">1 for the first that was billed.</param>
/// <param name="RequestId">The answer's <c>x-request-id</c>.</param>
/// <param name="At">When it was billed.</param>
/// <param name="Model">As sent, or the default.</param>
/// <param name="Prompt">As sent.</param>
/// <param name="PromptSha256">Of its UTF-8, lower-case hex.</param>
/// <param name="Sources">The input images in order: the URL as sent, <c>file:ID</c>, or for inline bytes <c>sha256:HEX</c>.</param>
/// <param name="SourcesSha256">Of the sources' strings, joined by line feeds, lower-case hex.</param>
/// <param name="Mask">The mask's string, or null.</param>
/// <param name="N">Images billed.</param>
/// <param name="UsageJson">The raw <c>usage</c> of the whole call, or null for a model without.</param>
/// <param name="ImageSha256">Of each image's file, lower-case hex, in order.</param>
/// <param name="Delivered">Whether the whole answer left (set just before its last bytes do); false as well while it is still being sent.</param>
public sealed record BilledEdit(
    long Sequence,
    string RequestId,
    DateTimeOffset At,
    string Model,
    string Prompt,
    string PromptSha256,
    IReadOnlyList<string> Sources,
    string SourcesSha256,
    string? Mask,
    int N,
    string? UsageJson,
    IReadOnlyList<string> ImageSha256,
    bool Delivered);

/// <summary>The account as JSON, snake_case.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(AccountSummary))]
[JsonSerializable(typeof(BilledEdit))]
internal sealed partial class AccountJson : JsonSerializerContext
{
    /// <summary>One line of the list of billed edits; usage stands in it as JSON, under <c>usage</c>.</summary>
    public static byte[] Line(BilledEdit edit)
    {
        var line = JsonSerializer.SerializeToNode(edit, Default.BilledEdit)!.AsObject();
        line.Remove("usage_json");
        line["usage"] = edit.UsageJson is null ? null : System.Text.Json.Nodes.JsonNode.Parse(edit.UsageJson);
        return [.. JsonSerializer.SerializeToUtf8Bytes(line, JsonSerializerOptions.Default), (byte)'\n'];
    }
}
