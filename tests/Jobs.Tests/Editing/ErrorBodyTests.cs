using System.Text;
using Darkroom.Jobs.Editing;

namespace Darkroom.Jobs.Tests.Editing;

/// <summary>Error bodies as servers and proxies send them.</summary>
public sealed class ErrorBodyTests
{
    // Body; message, code, type, param; whether it is the service's own.
    [Theory]
    [InlineData("""{"error":{"message":"m","type":"t","param":"p","code":"c"}}""", "m", "c", "t", "p", true)]
    [InlineData("""{"error":"no luck"}""", "no luck", null, null, null, true)]
    [InlineData("""{"error":"Bad Request","message":"size is wrong"}""", "Bad Request: size is wrong", null, null, null, true)]
    [InlineData("""{"message":"no route"}""", "no route", null, null, null, false)]
    [InlineData("""{"object":"error","message":"m","type":"BadRequestError","param":null,"code":400}""", "m", "400", "BadRequestError", null, true)]
    [InlineData("""{"message":"m","code":"invalid_value"}""", "m", "invalid_value", null, null, true)]
    [InlineData("""{"detail":"Model not loaded"}""", "Model not loaded", null, null, null, true)]
    [InlineData("""{"detail":[{"loc":["body","image"],"msg":"Field required","type":"missing"}]}""", "body.image: Field required", null, "missing", "image", true)]
    [InlineData("""{"detail":[{"loc":["body","images",0,"image_url"],"msg":"Invalid URL","type":"url"},{"loc":["body","n"],"msg":"Too many","type":"value"}]}""", "body.images[0].image_url: Invalid URL; body.n: Too many", null, "url", "image_url", true)]
    [InlineData("""{"detail":{"error":{"message":"nested","code":"c"}}}""", "nested", "c", null, null, true)]
    [InlineData("""{"title":"Error 502","status":502,"detail":"The origin is away","cloudflare_error":true}""", "Error 502: The origin is away", null, null, null, false)]
    [InlineData("""{"error":{"message":{"error":{"message":"inner","code":"c","param":"size"}},"type":null,"param":null,"code":"400"}}""", "inner", "c", null, "size", true)]
    [InlineData("""{"error":{"message":["a","b"]}}""", "a; b", null, null, null, true)]
    [InlineData("""{"errors":["size: is required"],"name":"bad_request"}""", "size: is required", null, null, null, true)]
    [InlineData("""[{"error":{"code":400,"message":"Invalid argument","status":"INVALID_ARGUMENT"}}]""", "Invalid argument", "400", null, null, true)]
    [InlineData("""{"type":"error","error":{"type":"t","message":"m"}}""", "m", null, "t", null, true)]
    [InlineData("""{"status":"failed"}""", null, null, null, null, false)]
    [InlineData("""{"error":null,"message":""}""", null, null, null, null, false)]
    public void ParseError_AnyShape_LosesNothing(string body, string? message, string? code, string? type, string? param, bool isOwn)
    {
        var error = Parse(body);
        (error.Message, error.Code, error.Type, error.Param, error.IsOwn, error.IsModeration).ShouldBe((message, code, type, param, isOwn, false));
    }

    // Body; code, categories.
    [Theory]
    [InlineData("""{"error":{"message":"m","code":"content_filter","innererror":{"code":"ResponsibleAIPolicyViolation","content_filter_result":{"hate":{"filtered":false,"severity":"safe"},"violence":{"filtered":true,"severity":"medium"}}}}}""", "content_filter", "violence")]
    [InlineData("""{"error":{"message":"m","code":"contentFilter","inner_error":{"code":"ResponsibleAIPolicyViolation","content_filter_results":{"sexual":{"filtered":true},"jailbreak":{"detected":true,"filtered":true},"self_harm":{"filtered":false}}}}}""", "contentFilter", "sexual|jailbreak")]
    [InlineData("""{"error":{"message":"m","code":"BadRequest","inner_error":{"code":"ResponsibleAIPolicyViolation"}}}""", "BadRequest", "")]
    [InlineData("""{"error":{"message":"m","code":"400","provider_specific_fields":{"innererror":{"content_filter_results":{"hate":{"filtered":true}}}}}}""", "400", "hate")]
    [InlineData("""{"error":{"code":"content_filter","message":"m","content_filters":[{"blocked":true,"content_filter_results":{"violence":{"filtered":true},"custom_blocklists":[{"filtered":true,"id":"x"}]}}]}}""", "content_filter", "violence|custom_blocklists")]
    [InlineData("""{"error":{"message":"litellm.BadRequestError: OpenAIException - Error code: 400 - {'error': {'message': \"It's refused\", 'type': 'invalid_request_error', 'param': None, 'code': 'content_policy_violation', 'inner_error': {'content_filter_results': {'violence': {'filtered': True}}}}}","type":null,"param":null,"code":"400"}}""", "content_policy_violation", "violence")]
    [InlineData("""{"error":{"message":"AzureException - {\"error\":{\"code\":\"contentFilter\",\"message\":\"m\"}}","code":400}}""", "contentFilter", "")]
    public void ParseError_ModerationInOtherWords_IsModerationWithItsCategories(string body, string code, string categories)
    {
        var error = Parse(body);
        (error.IsModeration, error.Code, string.Join('|', ModerationDetails.Parse(error.ModerationJson).Categories)).ShouldBe((true, code, categories));
    }

    [Fact]
    public void ParseError_FiltersThatFilteredNothing_AreNoModeration()
    {
        var error = Parse("""{"error":{"message":"size is wrong","code":"invalid_value","content_filter_results":{"hate":{"filtered":false,"severity":"safe"}}}}""");
        (error.IsModeration, error.ModerationJson).ShouldBe((false, null));
    }

    [Theory]
    [InlineData("""Error code: 429 - {'error': {'message': 'You {have} none', 'type': 'insufficient_quota', 'code': 'insufficient_quota'}}""", "insufficient_quota")]
    [InlineData("""{rate} b'{"error":{"code":"rate_limit_exceeded"}}' and more""", "rate_limit_exceeded")]
    [InlineData("""{'error': {'code': 'unfinished'""", "outer")]
    [InlineData("""use {braces} as in {{this}}""", "outer")]
    public void ParseError_ErrorWithinAMessage_GivesItsCodeAndKeepsTheMessage(string message, string code)
    {
        var body = System.Text.Json.JsonSerializer.Serialize(new { error = new { message, code = code == "outer" ? "outer" : "429" } });
        var error = Parse(body);
        (error.Message, error.Code).ShouldBe((message, code));
    }

    private static ErrorBody Parse(string body) => AnswerParser.ParseError(Encoding.UTF8.GetBytes(body)).ShouldNotBeNull();
}
