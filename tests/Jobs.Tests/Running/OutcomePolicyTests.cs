using Darkroom.Jobs.Batches;
using Darkroom.Jobs.Costs;
using Darkroom.Jobs.Editing;
using Darkroom.Jobs.Models;
using Darkroom.Jobs.Outputs;
using Darkroom.Jobs.Running;

namespace Darkroom.Jobs.Tests.Running;

public sealed class OutcomePolicyTests
{
    private const string Usage = """{"input_tokens":268,"input_tokens_details":{"text_tokens":12,"image_tokens":256},"output_tokens":196,"total_tokens":464}""";
    private static readonly ServiceError Said = new(ErrorClasses.Server, "a_code", "It said so.");
    private static readonly StoredImage[] Stored = [new(0, "b-1/out/key-7-1.png", 10, "aa", "png", 1, 1), new(1, "b-1/out/key-7-2.png", 11, "bb", "png", 1, 1)];
    private static readonly LedgerEntry WorstCase = Claims.Pricing().Unconfirmed(Claims.Item());

    [Fact]
    public void Decide_Succeeded_IsPaidStoredAndDone()
    {
        var done = Decide(new EditOutcome.Succeeded(Usage, 2) { HttpStatus = 200, RequestId = "req_1" }, outputs: Stored).Completion;
        (done.Next, done.AttemptState, done.SpendsAttempt, done.CountsUnknown, done.CountsUnsent).ShouldBe((ItemState.Succeeded, "succeeded", true, false, false));
        (done.HttpStatus, done.RequestId, done.UsageJson, done.Error, done.AttemptError, done.HaltReason).ShouldBe((200, "req_1", Usage, null, null, null));
        done.Outputs.ShouldBe(Stored);
        done.Attempt.ShouldBe(Claims.First);
        done.Ledger.ShouldBe(new LedgerEntry("reported", new TokenUsage(12, 256, 0, 196), 2, 0.007988m, ModelBook.BuiltIn.Version));
    }

    [Fact]
    public void Decide_SucceededWithoutUsage_IsBookedAtItsEstimate()
    {
        var expected = Claims.Pricing().Estimate(Claims.Item()).Expected;
        expected.OutputImage.ShouldBe(2 * 196);
        foreach (var usage in new[] { null, "{}", """{"input_tokens":0,"output_tokens":0,"total_tokens":0}""" })
        {
            var done = Decide(new EditOutcome.Succeeded(usage, 2), outputs: Stored).Completion;
            (done.Next, done.UsageJson).ShouldBe((ItemState.Succeeded, usage));
            (done.Ledger!.Kind, done.Ledger.Tokens, done.Ledger.Images).ShouldBe(("estimated", expected, 2));
            done.Ledger.CostUsd.ShouldBe(CostCalculator.Price(expected, ModelBook.BuiltIn.PriceOn(Claims.Model, new DateOnly(2026, 11, 22), batch: false)!));
        }
    }

    [Fact]
    public void Decide_SucceededWithoutUsage_IsEstimatedForTheImagesThatCame()
    {
        var tokens = Decide(new EditOutcome.Succeeded(null, 3), outputs: Stored).Completion.Ledger!.Tokens;
        tokens.ShouldBe(Claims.Pricing().Estimate(Claims.Item()).Expected with { OutputImage = 3 * 196 });
        Decide(new EditOutcome.Succeeded(null, 1), outputs: Stored).Completion.Ledger!.Tokens.OutputImage.ShouldBe(196);
    }

    [Fact]
    public void Decide_SucceededWithoutUsageAndPrice_IsUnknown()
    {
        var item = Claims.Item() with { Model = "nobody-knows-me", Options = EditOptions.Parse("""{"model":"nobody-knows-me","n":2}""") };
        Decide(new EditOutcome.Succeeded(null, 2), item, outputs: Stored).Completion.Ledger.ShouldBe(new LedgerEntry("unreported", default, 2, null, ModelBook.BuiltIn.Version));
    }

    [Fact]
    public void Decide_Rejected_NeverComesAgain()
    {
        var done = Decide(new EditOutcome.Rejected(Said) { HttpStatus = 400, RequestId = "req_2" }).Completion;
        (done.Next, done.AttemptState, done.SpendsAttempt, done.Error, done.Ledger, done.HttpStatus, done.RequestId).ShouldBe((ItemState.Rejected, "rejected", true, Said, null, 400, "req_2"));
    }

    [Theory]
    [InlineData(null, 5)]
    [InlineData(12, 12)]
    [InlineData(0, 0)]
    [InlineData(-3, 0)]
    [InlineData(601, 600)]
    [InlineData(86_400, 600)]
    public void Decide_Throttled_WaitsAndSpendsNothing(int? asked, int waited)
    {
        var decision = Decide(new EditOutcome.Throttled(Said, asked is { } s ? TimeSpan.FromSeconds(s) : null), Claims.Item() with { Attempts = 4, Unsent = 11 });
        var done = decision.Completion;
        (done.Next, done.AttemptState, done.SpendsAttempt, done.CountsUnknown, done.CountsUnsent).ShouldBe((ItemState.Pending, "throttled", false, false, false));
        (done.Error, done.Ledger, done.HaltReason).ShouldBe((null, null, null));
        // A wait that isn't kept to in full is told.
        done.AttemptError!.Message.ShouldBe(Said.Message + asked switch
        {
            601 => " The service said to wait 11 min; Darkroom asks again after 10 min.",
            86_400 => " The service said to wait 24 h; Darkroom asks again after 10 min.",
            _ => "",
        });
        done.RetryDelay.ShouldBe(TimeSpan.FromSeconds(waited));
    }

    [Fact]
    public void StoreFailed_ImagesAreKept_HoldsAndNamesThemAndAsksForNoRetry()
    {
        var fault = new ImageStoreException("Disk full.") { Kept = ["/home/kept/b-1-700/1.bin", "/home/kept/b-1-700/2.bin"] };
        var done = Claims.Policy().StoreFailed(Claims.Item(), Claims.First, new EditOutcome.Succeeded(Usage, 2), fault).Completion;
        done.Next.ShouldBe(ItemState.Held);
        done.Error.ShouldBe(new ServiceError("store", "not_stored", "Disk full. Kept on the worker's own disk: /home/kept/b-1-700/1.bin, /home/kept/b-1-700/2.bin.")
        {
            DetailsJson = """{"kept":["/home/kept/b-1-700/1.bin","/home/kept/b-1-700/2.bin"]}""",
        });
        done.HaltReason.ShouldBe("store");
        done.HaltDetail!.ShouldContain("without buying them again");
        done.HaltDetail!.ShouldNotContain("retry");
    }

    [Theory]
    [InlineData("quota", "Add credit or raise the spend limit at the service, then resume the batch.")]
    [InlineData("throttled", "Check at the service what the account may do and whether its quota is used up, then resume the batch.")]
    [InlineData("key_refused", "Check OPENAI_API_KEY and what the key may do, then resume the batch.")]
    [InlineData("model_gone", "Choose another model and submit again, or resume once the model is back.")]
    [InlineData("budget", "Raise the budget, then resume the batch.")]
    [InlineData("endpoint_wrong", "Check OPENAI_BASE_URL (host, path, deployment, api-version) and whether the server takes edits in this form, then resume the batch.")]
    [InlineData("unreachable", "Check OPENAI_BASE_URL and the network, then resume the batch.")]
    [InlineData("store", "Make room or restore access, resume the batch, and retry held items: their images were paid for and couldn't be kept.")]
    [InlineData("something_new", "Resume the batch when it is mended.")]
    public void Decide_Halted_StopsTheBatchWithAdviceAndSpendsNothing(string reason, string advice)
    {
        HaltAdvice.For(reason).ShouldBe(advice);
        var decision = Decide(new EditOutcome.Halted(reason, Said));
        var done = decision.Completion;
        (done.Next, done.AttemptState, done.SpendsAttempt, done.RetryDelay, done.Ledger).ShouldBe((ItemState.Pending, "halted", false, TimeSpan.Zero, null));
        (done.HaltReason, done.HaltDetail).ShouldBe((reason, $"It said so. {advice}"));
        (done.Error, done.AttemptError).ShouldBe((null, Said));
    }

    [Theory]
    [InlineData(600, "It said so. For 10 min the service has refused every call for its limits.")]
    [InlineData(4, "It said so. For 4 s the service has refused every call for its limits.")]
    [InlineData(null, "It said so. The call that was tried after the halt was refused again.")]
    public void Decide_ThrottledForLong_HaltsWithTheServersWordsAndSpendsNothing(int? seconds, string detail)
    {
        var throttledFor = seconds is { } s ? TimeSpan.FromSeconds(s) : TimeSpan.MaxValue;
        var result = new CallResult(new EditOutcome.Throttled(Said, TimeSpan.FromSeconds(9)), []) { ThrottledFor = throttledFor };
        foreach (var done in new[]
        {
            Claims.Policy().Decide(Claims.Item(), Claims.First, result).Completion,
            Claims.Policy().NotPrepared(Claims.Item(), result.Outcome, throttledFor).Completion,
        })
        {
            (done.Next, done.AttemptState, done.SpendsAttempt, done.RetryDelay).ShouldBe((ItemState.Pending, "throttled", false, TimeSpan.FromSeconds(9)));
            (done.HaltReason, done.HaltDetail).ShouldBe(("throttled", $"{detail} {HaltAdvice.For("throttled")}"));
        }
    }

    [Theory]
    [InlineData(0, 5, ItemState.Pending)]
    [InlineData(3, 5, ItemState.Pending)]
    [InlineData(4, 5, ItemState.Failed)]
    [InlineData(9, 5, ItemState.Failed)]
    [InlineData(0, 1, ItemState.Failed)]
    public void Decide_ServerFailed_IsTriedUntilAttemptsAreSpent(int spent, int most, ItemState next)
    {
        var done = Decide(new EditOutcome.ServerFailed(Said, null) { HttpStatus = 500 }, Claims.Item() with { Attempts = spent, MaxAttempts = most }).Completion;
        (done.Next, done.AttemptState, done.SpendsAttempt, done.Error, done.Ledger, done.CountsUnknown).ShouldBe((next, "server_failed", true, Said, null, false));
        if (next == ItemState.Failed) done.RetryDelay.ShouldBe(TimeSpan.Zero);
        else done.RetryDelay.ShouldBeInRange(TimeSpan.Zero, TimeSpan.FromSeconds(Math.Pow(2, spent)));
    }

    [Theory]
    [InlineData(30, 30)]
    [InlineData(3600, 600)]
    public void Decide_ServerFailedWithAWait_WaitsNoLess(int asked, int waited) =>
        Decide(new EditOutcome.ServerFailed(Said, TimeSpan.FromSeconds(asked))).Completion.RetryDelay.ShouldBe(TimeSpan.FromSeconds(waited));

    [Theory]
    [InlineData(0, false)]
    [InlineData(10, false)]
    [InlineData(11, true)]
    [InlineData(12, false)]
    [InlineData(22, false)]
    [InlineData(23, true)]
    public void Decide_NotSent_CostsNothingAndHaltsAfterTwelveInARow(int before, bool halts)
    {
        OutcomePolicy.MaxUnsent.ShouldBe(12);
        var done = Decide(new EditOutcome.NotSent(Said), Claims.Item() with { Unsent = before, Attempts = 4 }).Completion;
        (done.Next, done.AttemptState, done.SpendsAttempt, done.CountsUnsent, done.CountsUnknown, done.Ledger, done.Error).ShouldBe((ItemState.Pending, "not_sent", false, true, false, null, Said));
        done.RetryDelay.ShouldBeInRange(TimeSpan.Zero, TimeSpan.FromSeconds(60));
        (done.HaltReason, done.HaltDetail).ShouldBe(halts ? ("unreachable", "It said so. Check OPENAI_BASE_URL and the network, then resume the batch.") : (null, null));
    }

    [Theory]
    [InlineData(OnUnknown.Retry, 0, 0, 5, ItemState.Pending)]
    [InlineData(OnUnknown.Retry, 3, 0, 5, ItemState.Pending)]
    [InlineData(OnUnknown.Retry, 4, 0, 5, ItemState.Failed)]
    [InlineData(OnUnknown.Retry, 1, 1, 5, ItemState.Held)]
    [InlineData(OnUnknown.Retry, 4, 1, 5, ItemState.Held)]
    [InlineData(OnUnknown.Hold, 0, 0, 5, ItemState.Held)]
    [InlineData(OnUnknown.Hold, 4, 0, 5, ItemState.Held)]
    public void Decide_Unknown_IsBookedAtWorstAndGoesByPolicy(OnUnknown policy, int attempts, int unknowns, int most, ItemState next)
    {
        var item = Claims.Item() with { OnUnknown = policy, Attempts = attempts, Unknowns = unknowns, MaxAttempts = most };
        foreach (var done in new[] { Decide(new EditOutcome.Unknown(Said), item).Completion, Claims.Policy().Lost(item, Claims.First).Completion })
        {
            (done.Next, done.AttemptState, done.SpendsAttempt, done.CountsUnknown, done.HaltReason).ShouldBe((next, "unknown", true, true, null));
            done.Ledger.ShouldBe(WorstCase);
            if (next != ItemState.Pending) done.RetryDelay.ShouldBe(TimeSpan.Zero);
        }

        WorstCase.Kind.ShouldBe("unconfirmed");
        WorstCase.Images.ShouldBe(2);
        WorstCase.CostUsd.ShouldNotBeNull().ShouldBeGreaterThan(0);
    }

    [Fact]
    public void Lost_Always_SaysThatTheWorkerDied() => Claims.Policy().Lost(Claims.Item(), Claims.First).Completion.Error
        .ShouldBe(new ServiceError("unknown_outcome", "process_died", "The worker died during the call; whether it was billed isn't known."));

    [Fact]
    public void Adopt_ImagesFound_IsPaidAsReported()
    {
        var done = Claims.Policy().Adopt(Claims.Item(), Claims.First, new AdoptedOutputs(Stored, new OutputMetadata(700, Usage, 2, "req_3"))).Completion;
        (done.Next, done.AttemptState, done.SpendsAttempt, done.RequestId, done.UsageJson, done.Error).ShouldBe((ItemState.Succeeded, "adopted", true, "req_3", Usage, null));
        done.Outputs.ShouldBe(Stored);
        done.Ledger!.CostUsd.ShouldBe(0.007988m);
    }

    [Fact]
    public void Adopt_ImagesFound_IsAnEditOfWhatTheSourcesWereBeforeTheCall()
    {
        var (edit, version) = (Guid.NewGuid(), Guid.NewGuid());
        var found = new AdoptedOutputs(Stored, new OutputMetadata(700, Usage, 2, "req_3") { EditKey = edit, SourceVersion = version });
        var done = Claims.Policy().Adopt(Claims.Item(), Claims.First, found).Completion.Item;
        (done.EditKey, done.SourceVersion).ShouldBe((edit, version));
    }

    [Fact]
    public void StoreFailed_Answered_HoldsTheItemAndHaltsTheBatch()
    {
        var done = Claims.Policy().StoreFailed(Claims.Item(), Claims.First, new EditOutcome.Succeeded(Usage, 2) { HttpStatus = 200, RequestId = "req_4" }, new ImageStoreException("Disk full.")).Completion;
        (done.Next, done.AttemptState, done.SpendsAttempt, done.CountsUnknown, done.HttpStatus, done.RequestId, done.UsageJson).ShouldBe((ItemState.Held, "unknown", true, true, 200, "req_4", Usage));
        done.Error.ShouldBe(new ServiceError("store", "not_stored", "Disk full."));
        done.Ledger!.Kind.ShouldBe("reported");
        (done.HaltReason, done.HaltDetail).ShouldBe(("store", "Disk full. Make room or restore access, resume the batch, and retry held items: their images were paid for and couldn't be kept."));
    }

    [Fact]
    public void StoreFailed_NotAnsweredYet_IsBookedAtWorst()
    {
        var done = Claims.Policy().StoreFailed(Claims.Item(), Claims.First, answer: null, new ImageStoreException("Disk full.")).Completion;
        (done.Next, done.HttpStatus, done.UsageJson).ShouldBe((ItemState.Held, null, null));
        done.Ledger.ShouldBe(WorstCase);
    }

    [Fact]
    public void Broken_BeforeACall_Fails()
    {
        var done = Claims.Policy().Broken(Claims.Item(), attempt: null, new NotSupportedException("Oops.")).Completion;
        (done.Next, done.Attempt, done.AttemptState, done.SpendsAttempt, done.Ledger).ShouldBe((ItemState.Failed, null, null, false, null));
        done.Error.ShouldBe(new ServiceError("internal", "NotSupportedException", "Oops."));
    }

    [Fact]
    public void Decide_UnknownWithAWait_ComesAgainNoSooner() =>
        Decide(new EditOutcome.Unknown(Said) { RetryAfter = TimeSpan.FromSeconds(40) }).Completion.RetryDelay.ShouldBe(TimeSpan.FromSeconds(40));

    [Fact]
    public void Decide_UnknownThatForbidsARetry_IsHeldWhateverThePolicy()
    {
        var done = Decide(new EditOutcome.Unknown(Said) { ForbidsRetry = true }).Completion;
        (done.Next, done.Ledger).ShouldBe((ItemState.Held, WorstCase));
    }

    [Fact]
    public void Broken_InACall_IsUnknown()
    {
        var done = Claims.Policy().Broken(Claims.Item(), Claims.First, new NotSupportedException("Key sk-proj-abcdefghijklmnopqrstuvwxyz1234 leaked.")).Completion;
        (done.Next, done.AttemptState, done.CountsUnknown).ShouldBe((ItemState.Pending, "unknown", true));
        done.Ledger.ShouldBe(WorstCase);
        done.Error!.Message.ShouldNotContain("abcdefghijklmnop");
    }

    private static Decision Decide(EditOutcome outcome, ClaimedItem? item = null, IReadOnlyList<StoredImage>? outputs = null) =>
        Claims.Policy().Decide(item ?? Claims.Item(), Claims.First, new CallResult(outcome, outputs ?? []));
}
