using Darkroom.Jobs.Editing;

namespace Darkroom.Jobs.Tests.Editing;

public sealed class QuotaWordsTests
{
    // Code, type, message: as services and gateways word it.
    [Theory]
    [InlineData("insufficient_quota", "insufficient_quota", "You exceeded your current quota, please check your plan and billing details.")]
    [InlineData("429", null, "You exceeded your current quota, please check your plan and billing details")]
    [InlineData("429", null, "litellm.RateLimitError: OpenAIException - You exceeded your current quota, please check your plan and billing details. For more information on this error, read the docs: https://platform.test/docs/guides/error-codes/api-errors.")]
    [InlineData("rate_limit_exceeded", null, "You exceeded your current quota, please check your plan and billing details")]
    [InlineData("400", "budget_exceeded", "Budget has been exceeded! Current cost: 10.5, Max budget: 10.0")]
    [InlineData(null, null, "Budget has been exceeded! Current cost: 0.4, Max budget: 0.3")]
    [InlineData("400", "auth_error", "ExceededBudget: User=jane over budget. Spend=12.1, Budget=10.0")]
    [InlineData("400", null, "ExceededModelBudget: Current spend for model: 1.2, max budget: 1.0")]
    [InlineData("BudgetExceededError", null, "m")]
    [InlineData("team_budget_exceeded", null, "m")]
    [InlineData("billing_hard_limit_reached", "image_generation_user_error", "Billing hard limit has been reached.")]
    [InlineData(null, "invalid_request_error", "Billing hard limit has been reached")]
    [InlineData(null, "invalid_request_error", "Your credit balance is too low to access the API. Please go to Plans & Billing to upgrade or purchase credits.")]
    [InlineData("project_spend_limit_exceeded", null, "m")]
    [InlineData("organization_usage_limit_exceeded", null, "m")]
    [InlineData("402", null, "This request requires more credits, or fewer max_tokens. You requested up to 8192 tokens, but can only afford 312.")]
    [InlineData("403", null, "Key limit exceeded (total limit). Manage it using https://gateway.test/settings/keys")]
    [InlineData(null, null, "Insufficient credits. Add more using https://gateway.test/credits")]
    [InlineData("InsufficientBalance", null, "Insufficient Balance")]
    [InlineData(null, null, "Your team 1a2b has either used all available credits or reached its monthly spending limit.")]
    [InlineData(null, null, "Your prepayment credits are depleted. Please go to the billing page to manage your project.")]
    [InlineData("billing_not_active", null, "Your account is not active, please check your billing details on our website.")]
    [InlineData(null, "exceeded_current_quota_error", "Your account is suspended, please check your plan and billing details")]
    [InlineData("Arrearage", null, "Access denied, please make sure your account is in good standing.")]
    [InlineData("insufficient_user_quota", "new_api_error", "用户额度不足, 剩余额度: ¥0.000000")]
    [InlineData("quota_exceeded", null, "This request exceeds your quota of 10000. You have 12 credits remaining.")]
    [InlineData(null, null, "Usage limit reached for the month. Please try again in 12 days.")]
    public void Found_MoneyUsedUp_IsQuotaWhateverTheStatus(string? code, string? type, string message)
    {
        foreach (var status in new[] { 400, 402, 403, 429 })
        {
            var halted = Classify(status, code, type, message).ShouldBeOfType<EditOutcome.Halted>();
            (halted.Reason, halted.Error.Class).ShouldBe((HaltReasons.Quota, ErrorClasses.Quota));
            halted.Error.Message.ShouldBe(message);
        }
    }

    [Theory]
    [InlineData("429", null, "Requests to the ImageEdits Operation under Azure OpenAI API version 2025-04-01-preview have exceeded call rate limit of your current OpenAI S0 pricing tier. Please retry after 26 seconds. Please go here: https://aka.test/oai/quotaincrease if you would like to further increase the default rate limit.")]
    [InlineData("RateLimitReached", null, "Your requests to gpt-image-1 in East US have exceeded the token rate limit of your current AIServices S0 pricing tier. Please retry after 1 second.")]
    [InlineData("429", "RESOURCE_EXHAUSTED", "You exceeded your current quota, please check your plan and billing details. For more information head to: https://ai.test/gemini-api/docs/rate-limits. * Quota exceeded for metric: generate_content_free_tier_requests, limit: 15 Please retry in 32.4s.")]
    [InlineData("429", null, "You exceeded your current quota, please check your plan and billing details. Quota metric GenerateRequestsPerMinutePerProjectPerModel, limit: 10")]
    [InlineData("429", null, "Quota exceeded for quota metric 'Generate Content API requests per minute' and limit 'GenerateContent request limit per minute for a region' of service 'x' for consumer 'project_number:1'.")]
    [InlineData("quota_exceeded", null, "Quota of 5 images per minute exceeded.")]
    [InlineData("rate_limit_exceeded", "input-images", "Rate limit reached for gpt-image-2 (for limit gpt-image) in organization org-1 on input-images per min: Limit 5, Used 5, Requested 1. Please try again in 12s. Visit https://platform.test/account/rate-limits to learn more.")]
    [InlineData("429", "throttling_error", "LiteLLM Rate Limit Handler for rate limit type = key. Crossed TPM / RPM / Max Parallel Request Limit. current rpm: 3, rpm limit: 2")]
    [InlineData(null, null, "Too Many Requests")]
    public void Found_RateLimit_IsThrottling(string? code, string? type, string message) =>
        Classify(429, code, type, message).ShouldBeOfType<EditOutcome.Throttled>().Error.Message.ShouldBe(message);

    [Theory]
    [InlineData(400, "moderation_blocked", "Your request 'a poster that says credit balance is too low' was rejected by the safety system.", ErrorClasses.Moderation)]
    [InlineData(400, "invalid_value", "Invalid size: it must be at most 3840x3840.", ErrorClasses.InvalidRequest)]
    public void Found_OtherRefusal_StaysTheItems(int status, string code, string message, string errorClass) =>
        Classify(status, code, "image_generation_user_error", message).ShouldBeOfType<EditOutcome.Rejected>().Error.Class.ShouldBe(errorClass);

    [Fact]
    public void Found_TextInsteadOfAnErrorObject_IsRead() =>
        new OutcomeClassifier(null).Classify(new CallFailure(400, ErrorBody.Empty, "HTTP 400 Bad Request. The answer is no JSON and begins: Budget has been exceeded! Current cost: 2", CallSignals.None, HasLeft: true))
            .ShouldBeOfType<EditOutcome.Halted>().Reason.ShouldBe(HaltReasons.Quota);

    private static EditOutcome Classify(int status, string? code, string? type, string message) =>
        new OutcomeClassifier(null).Classify(new CallFailure(status, new ErrorBody(message, type, code, null, null), "fallback", CallSignals.None, HasLeft: true));
}
