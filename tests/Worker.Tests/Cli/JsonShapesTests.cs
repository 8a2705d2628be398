using System.Text.Json;
using Darkroom.Jobs.Batches;
using Darkroom.Jobs.Costs;
using Darkroom.Jobs.Outputs;
using Darkroom.Worker.Cli;
using Darkroom.Worker.Client;
using Darkroom.Worker.Client.Shapes;

namespace Darkroom.Worker.Tests.Cli;

/// <summary>The JSON that commands print is an API: every field, its type and its form, literally.</summary>
public sealed class JsonShapesTests
{
    private static readonly DateTimeOffset Created = new(2026, 11, 22, 1, 2, 3, TimeSpan.Zero);
    private static readonly TokenUsage Tokens = new(1, 2, 3, 4);
    private static readonly string Sha256 = new('a', 64);

    [Fact]
    public void Status_Halted_IsAsPinned() => JsonShapes.Status(new BatchStatus(
        new Batch("20261122-k7f3q9", "catalogue.jsonl", BatchState.Halted, "quota", "Credit!", 5, Created, null),
        new ItemCounts(1, 2, 3, 4, 5, 6, 7, 8), Tokens, 0.1234m, 0m, 9)
    { EstimatedUsd = 0.1m }).ToJsonString().ShouldBe(OneLine("""
        {"batch":"20261122-k7f3q9","name":"catalogue.jsonl","state":"halted","reason":"quota","detail":"Credit!","priority":5,
        "created_at":"2026-11-22T01:02:03Z","finished_at":null,
        "items":{"total":36,"pending":1,"sending":2,"succeeded":3,"reused":4,"rejected":5,"failed":6,"held":7,"canceled":8},
        "tokens":{"input_text":1,"input_image":2,"output_text":3,"output_image":4,"total":10},
        "cost_usd":"0.1234","estimated_usd":"0.1000","unconfirmed_usd":"0","unpriced_calls":9}
        """));

    [Fact]
    public void Status_Finished_HasNoReasonAndATime()
    {
        var status = JsonShapes.Status(new BatchStatus(
            new Batch("b", "n", BatchState.Completed, null, null, 0, Created, Created.AddSeconds(9)), ItemCounts.Zero, default, 0m, 0m, 0));

        status["reason"].ShouldBeNull();
        status["detail"].ShouldBeNull();
        status["finished_at"]!.GetValue<string>().ShouldBe("2026-11-22T01:02:12Z");
    }

    [Fact]
    public void Result_Succeeded_IsAsPinned()
    {
        var result = new ItemResult(
            "SKU-1", ItemState.Succeeded, 2, [new StoredImage(0, "b/SKU-1.1.png", 5, Sha256, "png", 10, 20)], Tokens, 0.5m, 0m, null, null)
        {
            EstimatedUsd = 0.25m,
            TraceId = "0af7651916cd43dd8448eb211c80319c",
        };
        JsonShapes.Result(result).ToJsonString().ShouldBe(OneLine($$"""
        {"id":"SKU-1","state":"succeeded","attempts":2,
        "outputs":[{"path":"b/SKU-1.1.png","bytes":5,"sha256":"{{Sha256}}","format":"png","width":10,"height":20}],
        "tokens":{"input_text":1,"input_image":2,"output_text":3,"output_image":4,"total":10},
        "cost_usd":"0.5000","cost_estimated":true,"estimated_usd":"0.2500","unconfirmed_usd":"0","reused_from":null,"error":null,"trace_id":"0af7651916cd43dd8448eb211c80319c"}
        """));
    }

    [Fact]
    public void Result_Refused_IsAsPinned() => JsonShapes.Result(new ItemResult(
        "SKU-2", ItemState.Rejected, 1, [], default, null, 0.25m, "SKU-1", new ItemError("moderation", "moderation_blocked", "No.", "req_1", """{"a":1}"""))).ToJsonString().ShouldBe(OneLine("""
        {"id":"SKU-2","state":"rejected","attempts":1,"outputs":[],
        "tokens":{"input_text":0,"input_image":0,"output_text":0,"output_image":0,"total":0},
        "cost_usd":null,"cost_estimated":false,"estimated_usd":"0","unconfirmed_usd":"0.2500","reused_from":"SKU-1",
        "error":{"class":"moderation","code":"moderation_blocked","message":"No.","request_id":"req_1","details":{"a":1}},"trace_id":null}
        """));

    [Fact]
    public void Report_Row_IsAsPinned() => JsonShapes.Report(new CostReportRow(
        new Dictionary<string, string?>(StringComparer.Ordinal) { ["day"] = "2026-11-22", ["tag:brand"] = null }, 7, Tokens, 1.50m, 0.1m, 0)
    { EstimatedUsd = 0.5m }).ToJsonString().ShouldBe(OneLine("""
        {"day":"2026-11-22","tag:brand":null,"items":7,
        "input_text_tokens":1,"input_image_tokens":2,"output_text_tokens":3,"output_image_tokens":4,
        "cost_usd":"1.5000","estimated_usd":"0.5000","unconfirmed_usd":"0.1000","unpriced_calls":0}
        """));

    [Fact]
    public void Shapes_OfTheClient_ReadAndWriteThemUnchanged()
    {
        var status = JsonShapes.Status(new BatchStatus(new Batch("b", "n", BatchState.Halted, "quota", "Credit!", 5, Created, Created), new ItemCounts(1, 2, 3, 4, 5, 6, 7, 8), Tokens, 0.1234m, 0m, 9));
        var result = JsonShapes.Result(new ItemResult(
            "SKU-2", ItemState.Rejected, 1, [new StoredImage(0, "b/SKU-1.1.png", 5, Sha256, "png", 10, null)], Tokens, null, 0.25m, "SKU-1", new ItemError("moderation", null, "No.", "req_1", """{"a":1}""")));

        RoundTrip<BatchShape>(status.ToJsonString()).ShouldBe(status.ToJsonString());
        RoundTrip<ResultShape>(result.ToJsonString()).ShouldBe(result.ToJsonString());
    }

    private static string RoundTrip<T>(string json) => JsonSerializer.Serialize(JsonSerializer.Deserialize<T>(json, ClientJson.Options), ClientJson.Options);

    private static string OneLine(string text) => text.ReplaceLineEndings("");
}
