using System.Reflection;
using Darkroom.Jobs.Batches;
using Darkroom.Jobs.Costs;
using Darkroom.Jobs.Editing;
using Darkroom.Jobs.Running;
using Darkroom.Jobs.Throttling;
using Microsoft.Extensions.Time.Testing;

namespace Darkroom.Jobs.Tests.Batches;

/// <summary>Persisted and printed names are an API: a change here is a change for whoever reads them.</summary>
public sealed class NamesTests
{
    [Fact]
    public void BatchStates_Always_HaveTheseNames() => Enum.GetValues<BatchState>().Select(state => state.ToName())
        .ShouldBe(["importing", "awaiting_approval", "queued", "running", "paused", "halted", "completed", "completed_with_errors", "canceled"]);

    [Fact]
    public void ItemStates_Always_HaveTheseNames() => Enum.GetValues<ItemState>().Select(state => state.ToName())
        .ShouldBe(["pending", "sending", "succeeded", "reused", "rejected", "failed", "held", "canceled"]);

    [Fact]
    public void Parse_Names_GivesTheStatesBack()
    {
        foreach (var state in Enum.GetValues<BatchState>()) StateNames.ParseBatchState(state.ToName()).ShouldBe(state);
        foreach (var state in Enum.GetValues<ItemState>()) StateNames.ParseItemState(state.ToName()).ShouldBe(state);
    }

    [Theory]
    [InlineData("Running")]
    [InlineData("")]
    public void ParseBatchState_Other_IsRefused(string name) => Should.Throw<FormatException>(() => StateNames.ParseBatchState(name)).Message.ShouldBe($"'{name}' is not a batch state.");

    [Fact]
    public void ParseItemState_Other_IsRefusedWithWhatThereIs() => Should.Throw<FormatException>(() => StateNames.ParseItemState("Failed")).Message
        .ShouldStartWith("'Failed' is not an item state; states: ");

    [Fact]
    public void IsFinal_States_AreThese()
    {
        Enum.GetValues<BatchState>().Where(state => state.IsFinal()).ShouldBe([BatchState.Completed, BatchState.CompletedWithErrors, BatchState.Canceled]);
        Enum.GetValues<BatchState>().Where(state => state.IsOpen()).ShouldBe([BatchState.Queued, BatchState.Running]);
        Enum.GetValues<ItemState>().Where(state => !state.IsFinal()).ShouldBe([ItemState.Pending, ItemState.Sending]);
    }

    [Fact]
    public void ErrorClasses_Always_AreThese() => Constants(typeof(ErrorClasses)).ShouldBe(
        "bad_answer endpoint_wrong internal invalid_request key_refused model_gone moderation not_sent quota server_error source store throttled unknown_outcome");

    [Fact]
    public void HaltReasons_Always_AreThese() => Constants(typeof(HaltReasons)).ShouldBe("budget endpoint_wrong key_refused model_gone quota refused_alike store throttled unreachable");

    [Fact]
    public void AttemptStates_Always_AreThese() => Constants(typeof(AttemptState)).ShouldBe("adopted halted not_sent rejected sending server_failed succeeded throttled unknown");

    [Fact]
    public void LedgerKinds_Always_AreThese() => Constants(typeof(LedgerKinds)).ShouldBe("estimated reported unconfirmed unreported");

    [Fact]
    public void LimitDimensions_Always_AreThese() => Constants(typeof(LimitDimension)).ShouldBe("images input_images requests tokens");

    [Fact]
    public void BatchIds_Create_BeginsWithTheDayAndCanBeTyped()
    {
        var time = new FakeTimeProvider(new DateTimeOffset(2026, 11, 23, 4, 0, 0, TimeSpan.Zero));
        var ids = Enumerable.Range(0, 200).Select(_ => BatchIds.Create(time)).ToList();
        ids.ShouldAllBe(id => id.Length == 15 && id.StartsWith("20261123-", StringComparison.Ordinal) && id.Skip(9).All("23456789bcdfghjkmnpqrstvwxz".Contains));
        ids.Distinct().Count().ShouldBe(200);
    }

    private static string Constants(Type type) => string.Join(
        ' ', type.GetFields(BindingFlags.Public | BindingFlags.Static).Where(field => field.IsLiteral).Select(field => (string)field.GetRawConstantValue()!).Order(StringComparer.Ordinal));
}
