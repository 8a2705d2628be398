using System.Net.Sockets;
using System.Security.Authentication;
using Darkroom.Jobs.Editing;

namespace Darkroom.Jobs.Tests.Editing;

public sealed class OutcomeClassifierTests
{
    private static readonly TimeSpan Wait = TimeSpan.FromSeconds(7);

    // Status, code, type, x-should-retry; outcome (with a halt's reason), class.
    [Theory]
    [InlineData(301, null, null, null, "Halted:endpoint_wrong", ErrorClasses.EndpointWrong)]
    [InlineData(307, "rate_limit_exceeded", null, true, "Halted:endpoint_wrong", ErrorClasses.EndpointWrong)]
    [InlineData(400, "moderation_blocked", "image_generation_user_error", null, "Rejected", ErrorClasses.Moderation)]
    [InlineData(400, "content_policy_violation", "invalid_request_error", null, "Rejected", ErrorClasses.Moderation)]
    [InlineData(400, "moderation_blocked", "image_generation_user_error", true, "Rejected", ErrorClasses.Moderation)]
    [InlineData(400, "invalid_image_file", "image_generation_user_error", null, "Rejected", ErrorClasses.InvalidRequest)]
    [InlineData(400, "invalid_value", "image_generation_user_error", null, "Rejected", ErrorClasses.InvalidRequest)]
    [InlineData(400, null, "invalid_request_error", null, "Rejected", ErrorClasses.InvalidRequest)]
    [InlineData(400, null, null, null, "Rejected", ErrorClasses.InvalidRequest)]
    [InlineData(400, null, null, true, "ServerFailed", ErrorClasses.Server)]
    [InlineData(400, "billing_hard_limit_reached", "image_generation_user_error", null, "Halted:quota", ErrorClasses.Quota)]
    [InlineData(402, null, null, null, "Halted:quota", ErrorClasses.Quota)]
    [InlineData(403, "billing_hard_limit_reached", null, null, "Halted:quota", ErrorClasses.Quota)]
    [InlineData(500, "billing_hard_limit_reached", null, null, "Halted:quota", ErrorClasses.Quota)]
    [InlineData(401, "invalid_api_key", "invalid_request_error", null, "Halted:key_refused", ErrorClasses.KeyRefused)]
    [InlineData(401, null, null, true, "Halted:key_refused", ErrorClasses.KeyRefused)]
    [InlineData(403, null, null, null, "Halted:key_refused", ErrorClasses.KeyRefused)]
    [InlineData(403, "model_not_found", null, null, "Halted:model_gone", ErrorClasses.ModelGone)]
    [InlineData(404, "model_not_found", "invalid_request_error", null, "Halted:model_gone", ErrorClasses.ModelGone)]
    [InlineData(404, null, "invalid_request_error", null, "Halted:endpoint_wrong", ErrorClasses.EndpointWrong)]
    [InlineData(404, null, null, null, "Halted:endpoint_wrong", ErrorClasses.EndpointWrong)]
    [InlineData(404, "file_not_found", "invalid_request_error", null, "Rejected", ErrorClasses.InvalidRequest)]
    [InlineData(405, null, null, null, "Halted:endpoint_wrong", ErrorClasses.EndpointWrong)]
    [InlineData(415, null, null, null, "Halted:endpoint_wrong", ErrorClasses.EndpointWrong)]
    [InlineData(501, null, null, null, "Halted:endpoint_wrong", ErrorClasses.EndpointWrong)]
    [InlineData(408, null, null, null, "Unknown", ErrorClasses.UnknownOutcome)]
    [InlineData(409, null, null, null, "ServerFailed", ErrorClasses.Server)]
    [InlineData(409, null, null, false, "Rejected", ErrorClasses.Server)]
    [InlineData(413, null, null, null, "Rejected", ErrorClasses.InvalidRequest)]
    [InlineData(422, null, null, null, "Rejected", ErrorClasses.InvalidRequest)]
    [InlineData(425, null, null, null, "ServerFailed", ErrorClasses.Server)]
    [InlineData(429, "rate_limit_exceeded", "input-images", null, "Throttled", ErrorClasses.Throttled)]
    [InlineData(429, "slow_down", null, null, "Throttled", ErrorClasses.Throttled)]
    [InlineData(429, null, null, null, "Throttled", ErrorClasses.Throttled)]
    [InlineData(429, null, null, false, "Throttled", ErrorClasses.Throttled)]
    [InlineData(429, "insufficient_quota", "insufficient_quota", null, "Halted:quota", ErrorClasses.Quota)]
    [InlineData(429, null, "insufficient_quota", null, "Halted:quota", ErrorClasses.Quota)]
    [InlineData(429, "credit_balance_exhausted", null, null, "Halted:quota", ErrorClasses.Quota)]
    [InlineData(429, "project_spend_limit_exceeded", null, null, "Halted:quota", ErrorClasses.Quota)]
    [InlineData(429, "organization_usage_limit_exceeded", null, null, "Halted:quota", ErrorClasses.Quota)]
    [InlineData(500, null, null, null, "ServerFailed", ErrorClasses.Server)]
    [InlineData(500, "server_error", "image_generation_server_error", null, "ServerFailed", ErrorClasses.Server)]
    [InlineData(500, null, null, false, "Rejected", ErrorClasses.Server)]
    [InlineData(502, null, null, null, "ServerFailed", ErrorClasses.Server)]
    [InlineData(503, null, null, null, "ServerFailed", ErrorClasses.Server)]
    [InlineData(503, "slow_down", null, null, "Throttled", ErrorClasses.Throttled)]
    [InlineData(503, "server_is_overloaded", null, null, "ServerFailed", ErrorClasses.Server)]
    [InlineData(429, "server_is_overloaded", null, null, "ServerFailed", ErrorClasses.Server)]
    [InlineData(504, null, null, null, "Unknown", ErrorClasses.UnknownOutcome)]
    [InlineData(400, "content_filter", null, null, "Rejected", ErrorClasses.Moderation)]
    [InlineData(400, "contentFilter", null, null, "Rejected", ErrorClasses.Moderation)]
    [InlineData(400, null, "ContentPolicyViolationError", null, "Rejected", ErrorClasses.Moderation)]
    [InlineData(499, null, null, null, "Unknown", ErrorClasses.UnknownOutcome)]
    [InlineData(504, "server_error", null, null, "Unknown", ErrorClasses.UnknownOutcome)]
    [InlineData(504, null, null, false, "Unknown", ErrorClasses.UnknownOutcome)]
    [InlineData(520, null, null, null, "Unknown", ErrorClasses.UnknownOutcome)]
    [InlineData(522, null, null, null, "Unknown", ErrorClasses.UnknownOutcome)]
    [InlineData(524, null, null, null, "Unknown", ErrorClasses.UnknownOutcome)]
    [InlineData(529, "overloaded_error", null, null, "ServerFailed", ErrorClasses.Server)]
    [InlineData(598, null, null, null, "Unknown", ErrorClasses.UnknownOutcome)]
    [InlineData(500, "504", null, null, "Unknown", ErrorClasses.UnknownOutcome)]
    [InlineData(200, "524", "server_error", null, "Unknown", ErrorClasses.BadAnswer)]
    [InlineData(200, "image_generation_failed", "image_generation_server_error", null, "ServerFailed", ErrorClasses.Server)]
    [InlineData(200, null, null, null, "ServerFailed", ErrorClasses.Server)]
    [InlineData(200, "moderation_blocked", "image_generation_user_error", null, "Rejected", ErrorClasses.Moderation)]
    [InlineData(200, "invalid_value", "image_generation_user_error", null, "Rejected", ErrorClasses.InvalidRequest)]
    [InlineData(200, "rate_limit_exceeded", null, null, "Throttled", ErrorClasses.Throttled)]
    [InlineData(200, "insufficient_quota", null, null, "Halted:quota", ErrorClasses.Quota)]
    public void Classify_Answer_IsByTheTable(int status, string? code, string? type, bool? shouldRetry, string expected, string errorClass)
    {
        var outcome = new OutcomeClassifier(null).Classify(
            new CallFailure(status, new ErrorBody("m", type, code, null, null) { IsOwn = true }, "fallback", new CallSignals(null, Wait, shouldRetry), HasLeft: true));
        var name = outcome is EditOutcome.Halted halted ? $"Halted:{halted.Reason}" : outcome.GetType().Name;
        (name, outcome.ErrorOrNull!.Class).ShouldBe((expected, errorClass));
        if (outcome is EditOutcome.Throttled throttled) throttled.RetryAfter.ShouldBe(Wait);
        if (outcome is EditOutcome.ServerFailed failed) failed.RetryAfter.ShouldBe(Wait);
        if (outcome is EditOutcome.Unknown unknown) (unknown.RetryAfter, unknown.ForbidsRetry, unknown.LeavesBytes).ShouldBe((Wait, shouldRetry == false, false));
    }

    // Status; outcome of an answer that isn't the service's own JSON, when the body had begun to leave and when it hadn't.
    [Theory]
    [InlineData(200, "Unknown", "ServerFailed")]
    [InlineData(301, "Halted", "Halted")]
    [InlineData(400, "Rejected", "Rejected")]
    [InlineData(401, "Halted", "Halted")]
    [InlineData(402, "Halted", "Halted")]
    [InlineData(403, "Halted", "Halted")]
    [InlineData(404, "Halted", "Halted")]
    [InlineData(405, "Halted", "Halted")]
    [InlineData(408, "Unknown", "ServerFailed")]
    [InlineData(409, "Unknown", "ServerFailed")]
    [InlineData(413, "Rejected", "Rejected")]
    [InlineData(415, "Halted", "Halted")]
    [InlineData(422, "Rejected", "Rejected")]
    [InlineData(425, "Unknown", "ServerFailed")]
    [InlineData(429, "Throttled", "Throttled")]
    [InlineData(499, "Unknown", "ServerFailed")]
    [InlineData(500, "Unknown", "ServerFailed")]
    [InlineData(502, "Unknown", "ServerFailed")]
    [InlineData(503, "Unknown", "ServerFailed")]
    [InlineData(504, "Unknown", "ServerFailed")]
    [InlineData(521, "Unknown", "ServerFailed")]
    [InlineData(530, "Unknown", "ServerFailed")]
    [InlineData(599, "Unknown", "ServerFailed")]
    public void Classify_AnswerOfSomebodyElse_IsUnknownOnceTheBodyBeganUnlessItWasTurnedAway(int status, string left, string stayed)
    {
        var classifier = new OutcomeClassifier(null);
        classifier.Classify(new CallFailure(status, ErrorBody.Empty, "a page", CallSignals.None, HasLeft: true)).GetType().Name.ShouldBe(left);
        classifier.Classify(new CallFailure(status, ErrorBody.Empty, "a page", CallSignals.None, HasLeft: false)).GetType().Name.ShouldBe(stayed);
    }

    [Theory]
    [InlineData(400, true)]
    [InlineData(403, true)]
    [InlineData(422, true)]
    [InlineData(404, false)]
    [InlineData(500, false)]
    public void Classify_ModerationInWordsAlone_IsOnlyThatOfARefusal(int status, bool isModeration)
    {
        var body = new ErrorBody("The response was filtered due to the prompt triggering Azure OpenAI's content management policy.", null, "400", null, null) { IsOwn = true };
        var error = new OutcomeClassifier(null).Classify(new CallFailure(status, body, "", CallSignals.None, HasLeft: true)).ErrorOrNull!;
        (error.Class == ErrorClasses.Moderation).ShouldBe(isModeration);
    }

    [Fact]
    public void Classify_ErrorObject_IsKeptScrubbed()
    {
        const string Details = """{"moderation_stage":"input","categories":["violence"]}""";
        var body = new ErrorBody($"{new string('x', 3000)}", "image_generation_user_error", "moderation_blocked", "prompt", Details) { IsOwn = true };
        var error = new OutcomeClassifier("0123456789").Classify(new CallFailure(400, body with { Message = "key 0123456789 sk-abc" }, "", CallSignals.None, HasLeft: true)).ErrorOrNull!;
        error.ShouldBe(new ServiceError(ErrorClasses.Moderation, "moderation_blocked", "key *** sk-***") { Type = "image_generation_user_error", Param = "prompt", DetailsJson = Details });
        new OutcomeClassifier(null).Classify(new CallFailure(400, body, "", CallSignals.None, HasLeft: true)).ErrorOrNull!.Message.Length.ShouldBe(2000);
    }

    [Fact]
    public void Classify_Redirect_SaysThatItWasRefused()
    {
        var error = new OutcomeClassifier(null).Classify(new CallFailure(302, ErrorBody.Empty, "", CallSignals.None, HasLeft: true)).ErrorOrNull!;
        error.Code.ShouldBe("redirect_refused");
        error.Message.ShouldStartWith("A redirect was refused");
    }

    // Status and body as servers send them; what they are to us: the route, the form, the model, or an item's own fault.
    [Theory]
    [InlineData(404, """{"error":{"message":"Invalid URL (POST /v1/images/edits)","type":"invalid_request_error","param":null,"code":null}}""", "wrong_route")]
    [InlineData(404, """{"error":{"code":"DeploymentNotFound","message":"The API deployment for this resource does not exist."}}""", "DeploymentNotFound")]
    [InlineData(404, """{"error":{"code":"404","message":"Resource not found"}}""", "404")]
    [InlineData(404, """{"detail":"Not Found"}""", "wrong_route")]
    [InlineData(404, "<html><h1>404 Not Found</h1><p>The file you look for isn't here.</p></html>", "wrong_route")]
    [InlineData(404, "404 page not found", "wrong_route")]
    [InlineData(404, "", "wrong_route")]
    [InlineData(404, """{"error":"This server does not support image edits"}""", "wrong_route")]
    [InlineData(405, """{"detail":"Method Not Allowed"}""", "wrong_route")]
    [InlineData(400, "Client sent an HTTP request to an HTTPS server.", "wrong_route")]
    [InlineData(400, "<html><title>400 The plain HTTP request was sent to HTTPS port</title></html>", "wrong_route")]
    [InlineData(415, """{"detail":"Unsupported Media Type"}""", "wrong_route")]
    [InlineData(400, """{"error":{"message":"Unsupported content type: this API method only accepts 'application/json' requests.","code":"unsupported_content_type"}}""", "unsupported_content_type")]
    [InlineData(400, """{"error":{"message":"We could not parse the JSON body of your request.","type":"invalid_request_error"}}""", "wrong_form")]
    [InlineData(400, "request Content-Type isn't multipart/form-data", "wrong_form")]
    [InlineData(422, """{"error":{"message":"'image' must be provided as a multipart file upload","code":"422","param":"image"}}""", "422")]
    [InlineData(422, """{"detail":[{"type":"missing","loc":["body","image"],"msg":"Field required","input":null}]}""", "wrong_form")]
    [InlineData(422, """{"detail":[{"type":"missing","loc":["body","prompt"],"msg":"Field required"}]}""", "wrong_form")]
    [InlineData(422, """{"detail":"Field 'image' or 'url' is required"}""", "wrong_form")]
    [InlineData(422, """{"detail":[{"type":"extra_forbidden","loc":["body","images"],"msg":"Extra inputs are not permitted"}]}""", "wrong_form")]
    [InlineData(422, """{"detail":[{"loc":["body","image",0],"msg":"Value error, Expected UploadFile, received: <class 'str'>"}]}""", "wrong_form")]
    [InlineData(400, """{"error":{"message":"Missing required parameter: 'image'.","param":"image","code":"missing_required_parameter"}}""", "missing_required_parameter")]
    [InlineData(400, """{"error":{"message":"Unknown parameter: 'images'.","param":"images","code":"unknown_parameter"}}""", "unknown_parameter")]
    [InlineData(404, """{"object":"error","message":"The model `gpt-image-9.1` does not exist.","type":"NotFoundError","param":"model","code":404}""", "model")]
    [InlineData(404, """{"error":{"message":"model 'flux.1' not found, try pulling it first"}}""", "model")]
    [InlineData(400, """{"error":{"message":"/images/edits: Invalid model name passed in model=gpt-image-9. Call `/v1/models` to view available models.","code":"400"}}""", "model")]
    [InlineData(404, """{"error":{"message":"No such File object: file-abc","type":"invalid_request_error","param":"id","code":null}}""", "item")]
    [InlineData(404, """{"error":{"message":"The file has expired.","code":null}}""", "item")]
    [InlineData(404, """{"error":{"message":"Not found.","param":"images[0].file_id"}}""", "item")]
    [InlineData(404, """{"detail":"Image not found"}""", "item")]
    [InlineData(415, """{"error":{"message":"image/gif is not supported; send image/png.","code":null}}""", "item")]
    [InlineData(400, """{"error":{"message":"Invalid file 'image[0]': unsupported mimetype ('application/octet-stream').","param":"image[0]","code":"invalid_image_file"}}""", "item")]
    [InlineData(400, """{"error":{"message":"The image is required to be square.","param":"image","code":"invalid_value"}}""", "item")]
    [InlineData(400, """{"error":{"message":"Missing required parameter: 'mask'.","param":"mask","code":"missing_required_parameter"}}""", "item")]
    [InlineData(400, """{"error":{"message":"Unknown image format.","param":"image","code":null}}""", "item")]
    [InlineData(422, """{"detail":[{"loc":["body","size"],"msg":"Input should be '512x512'"}]}""", "item")]
    public void Classify_FaultOfTheSetUp_IsToldFromOneOfTheItem(int status, string body, string expected)
    {
        var error = AnswerParser.ParseError(System.Text.Encoding.UTF8.GetBytes(body));
        var outcome = new OutcomeClassifier(null).Classify(
            new CallFailure(status, error ?? ErrorBody.Empty, $"HTTP {status}. The answer is no JSON and begins: {body}", CallSignals.None, HasLeft: true));
        switch (outcome)
        {
            case EditOutcome.Halted { Reason: HaltReasons.EndpointWrong } wrong:
                wrong.Error.Code.ShouldBe(expected);
                break;
            case EditOutcome.Halted { Reason: HaltReasons.ModelGone }:
                expected.ShouldBe("model");
                break;
            default:
                outcome.ShouldBeOfType<EditOutcome.Rejected>();
                expected.ShouldBe("item");
                break;
        }
    }

    [Fact]
    public void Classify_FormRefused_ShowsPlaceAndReason()
    {
        var body = """{"detail":[{"loc":["body","image"],"msg":"Field required"},{"loc":["body","prompt"],"msg":"Field required"}]}"""u8.ToArray();
        new OutcomeClassifier(null).Classify(new CallFailure(422, AnswerParser.ParseError(body)!, "", CallSignals.None, HasLeft: true))
            .ErrorOrNull!.Message.ShouldBe("body.image: Field required; body.prompt: Field required");
    }

    public static TheoryData<Exception, string> Exceptions => new()
    {
        { new HttpRequestException(HttpRequestError.ConnectionError, "m", new SocketException(111)), "connection_error" },
        { new HttpRequestException(HttpRequestError.NameResolutionError, "m"), "name_resolution_error" },
        { new HttpRequestException(HttpRequestError.SecureConnectionError, "m", new AuthenticationException("cert")), "secure_connection_error" },
        { new HttpRequestException("m", new HttpIOException(HttpRequestError.ResponseEnded, "m")), "response_ended" },
        { new TaskCanceledException("m", new TimeoutException("connect")), "connect_timeout" },
        { new IOException("m"), "connection_lost" },
        { new InvalidDataException("m"), "connection_lost" },
    };

    [Theory]
    [MemberData(nameof(Exceptions))]
    public void Classify_Exception_IsNotSentUntilTheBodyBegan(Exception exception, string code)
    {
        var classifier = new OutcomeClassifier(null);
        var before = classifier.Classify(exception, mayHaveLeft: false, null).ShouldBeOfType<EditOutcome.NotSent>();
        (before.Error.Class, before.Error.Code).ShouldBe((ErrorClasses.NotSent, code));
        var after = classifier.Classify(exception, mayHaveLeft: true, null).ShouldBeOfType<EditOutcome.Unknown>();
        (after.Error.Class, after.Error.Code).ShouldBe((ErrorClasses.UnknownOutcome, code));
    }

    [Fact]
    public void Classify_OwnTimeout_SaysHowLong()
    {
        var outcome = new OutcomeClassifier(null).Classify(new TaskCanceledException("m"), mayHaveLeft: true, TimeSpan.FromSeconds(600)).ShouldBeOfType<EditOutcome.Unknown>();
        outcome.Error.ShouldBe(new ServiceError(ErrorClasses.UnknownOutcome, "timeout", "No whole answer within 600 s."));
    }
}
