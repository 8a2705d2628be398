using System.Text.Json;
using System.Text.Json.Serialization;

namespace Darkroom.Simulator.Accounts;

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
