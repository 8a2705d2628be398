using Darkroom.Jobs.Batches;

namespace Darkroom.Jobs.Tests.Batches;

public sealed class BatchTransitionsTests
{
    // A row an action; the columns are the states in their order: + a next state, = stands there already, - refused.
    private static readonly (BatchAction Action, string Verb, string Row, BatchState Next)[] Table =
    [
        (BatchAction.Pause, "paused", "--++=----", BatchState.Paused),
        (BatchAction.Resume, "resumed", "--==++---", BatchState.Queued),
        (BatchAction.Cancel, "canceled", "-+++++--=", BatchState.Canceled),
        (BatchAction.Approve, "approved", "-+==-----", BatchState.Queued),
    ];

    [Fact]
    public void Decide_EveryActionInEveryState_IsAsInTheTable()
    {
        Table.Select(row => row.Action).ShouldBe(Enum.GetValues<BatchAction>());
        foreach (var (action, verb, row, next) in Table)
        {
            foreach (var state in Enum.GetValues<BatchState>())
            {
                var (expected, refusal) = row[(int)state] switch
                {
                    '+' => ((BatchState?)next, (string?)null),
                    '=' => (null, null),
                    _ => (null, $"A batch that is {state.ToName()} can't be {verb}."),
                };
                BatchTransitions.Decide(state, action).ShouldBe((expected, refusal), $"{action} of {state}");
            }
        }
    }

    [Fact]
    public void Decide_FinalStates_AreLeftByNoAction() =>
        Enum.GetValues<BatchState>().Where(state => state.IsFinal()).ShouldAllBe(state => Enum.GetValues<BatchAction>().All(action => BatchTransitions.Decide(state, action).Next == null));

    [Fact]
    public void ItemCounts_Sums_AreOfTheirParts()
    {
        var counts = new ItemCounts(1, 2, 4, 8, 16, 32, 64, 128);
        (counts.Total, counts.Ended, counts.Good).ShouldBe((255, 252, 12));
        ItemCounts.From(Enum.GetValues<ItemState>().ToDictionary(state => state, state => 1L << (int)state)).ShouldBe(counts);
        ItemCounts.From(new Dictionary<ItemState, long>()).ShouldBe(ItemCounts.Zero);
    }
}
