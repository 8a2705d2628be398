using Darkroom.Jobs.Batches;
using Darkroom.Jobs.Editing;
using Darkroom.Jobs.Running;

namespace Darkroom.Jobs.Tests.Running;

public sealed class BreakerTests
{
    private static readonly ServiceError Said = new(ErrorClasses.InvalidRequest, "invalid_value", "Unknown size.") { Param = "size" };

    [Fact]
    public void BreakerOptions_NothingSet_AreTheseAndValid()
    {
        var options = new BreakerOptions();
        BreakerOptions.Section.ShouldBe("Breaker");
        (options.First, options.InARow, options.Unproven, options.Counts).ShouldBe((20, 50, 8, true));
        new BreakerOptionsValidator().Validate(null, options).Succeeded.ShouldBeTrue();
    }

    [Fact]
    public void BreakerOptions_Zero_TurnsOff()
    {
        var options = new BreakerOptions { First = 0, InARow = 0, Unproven = 0 };
        new BreakerOptionsValidator().Validate(null, options).Succeeded.ShouldBeTrue();
        options.Counts.ShouldBeFalse();
    }

    [Fact]
    public void BreakerOptions_OutOfRange_AreRefusedWithKeyValueAndReason() =>
        new BreakerOptionsValidator().Validate(null, new BreakerOptions { First = -1, InARow = 1001, Unproven = -2 }).Failures.ShouldBe(
        [
            "Breaker:First: '-1' must be from 0 to 1000.", "Breaker:InARow: '1001' must be from 0 to 1000.", "Breaker:Unproven: '-2' must be from 0 to 10000.",
        ]);

    public static TheoryData<EditOutcome, ClaimedItem, string?, bool> Outcomes => new()
    {
        { new EditOutcome.Succeeded(null, 1) { HttpStatus = 200 }, Claims.Item(), "success", false },
        { new EditOutcome.Rejected(Said) { HttpStatus = 400 }, Claims.Item(), "invalid_request/invalid_value/size", false },
        { new EditOutcome.Rejected(Said with { Param = null, Code = null }) { HttpStatus = 400 }, Claims.Item(), "invalid_request//", false },
        // Never sent: a source that can't be read.
        { new EditOutcome.Rejected(Said with { Class = ErrorClasses.Source }), Claims.Item(), null, false },
        { new EditOutcome.Unknown(new ServiceError(ErrorClasses.BadAnswer, "not_json", "A page.")) { HttpStatus = 200 }, Claims.Item(), "bad_answer/not_json/", true },
        { new EditOutcome.Unknown(new ServiceError(ErrorClasses.BadAnswer, "not_json", "A page.")) { HttpStatus = 200 }, Claims.Item() with { OnUnknown = OnUnknown.Hold }, "bad_answer/not_json/", true },
        { new EditOutcome.Unknown(new ServiceError(ErrorClasses.UnknownOutcome, "timeout", "Too late.")), Claims.Item(), null, false },
        { new EditOutcome.ServerFailed(Said with { Class = ErrorClasses.Server }, null) { HttpStatus = 500 }, Claims.Item(), null, false },
        { new EditOutcome.ServerFailed(Said with { Class = ErrorClasses.Server }, null) { HttpStatus = 500 }, Claims.Item() with { Attempts = 4 }, "server_error/invalid_value/size", false },
        { new EditOutcome.Throttled(Said, null) { HttpStatus = 429 }, Claims.Item(), null, false },
        { new EditOutcome.Halted(HaltReasons.Quota, Said) { HttpStatus = 429 }, Claims.Item(), null, false },
        { new EditOutcome.NotSent(Said), Claims.Item(), null, false },
    };

    [Theory]
    [MemberData(nameof(Outcomes))]
    public void AnswerSign_Of_IsWhatTheServiceAnsweredForGood(EditOutcome outcome, ClaimedItem item, string? alike, bool mayBePaid)
    {
        var sign = AnswerSign.Of(Claims.Policy().Decide(item, Claims.First, new CallResult(outcome, [])).Completion);
        (sign is null ? null : sign.Alike ?? "success").ShouldBe(alike);
        if (sign is not null) sign.MayBePaid.ShouldBe(mayBePaid);
    }

    [Fact]
    public void AnswerSign_Said_NamesCodeParamAndWords() =>
        AnswerSign.Of(Claims.Policy().Decide(Claims.Item(), Claims.First, new CallResult(new EditOutcome.Rejected(Said) { HttpStatus = 400 }, [])).Completion)!
            .Said.ShouldBe("invalid_request/invalid_value (param size): Unknown size.");
}
