using Darkroom.Jobs.Editing;
using Darkroom.Jobs.Throttling;

namespace Darkroom.Jobs.Tests.Throttling;

public sealed class LimiterNoteTests : LimiterTest
{
    private static EditOutcome Success { get; } = new EditOutcome.Succeeded(null, 1);

    [Theory]
    [InlineData(599, null)]
    [InlineData(600, 600)]
    [InlineData(7200, 7200)]
    public async Task NoteAsync_Throttled_TellsWhenItLastsForTenMinutes(int refusedFor, int? told)
    {
        Store.RefusedFor.Enqueue(TimeSpan.FromSeconds(refusedFor));
        (await NoteAsync(Limiter(), Throttled(TimeSpan.FromHours(1)))).ShouldBe(told is { } seconds ? TimeSpan.FromSeconds(seconds) : null);
        Store.Refusals.ShouldBe([("g", "b-1", new LimitRefusal(TimeSpan.FromHours(1), "Slow."))]);
    }

    [Theory]
    [InlineData(0, 90_000, false)]
    [InlineData(3, 3, true)]
    public async Task NoteAsync_ThrottledForIsConfigured_GoesByIt(int most, int refusedFor, bool told)
    {
        Limits["g"].ThrottledFor = TimeSpan.FromSeconds(most);
        Store.RefusedFor.Enqueue(TimeSpan.FromSeconds(refusedFor));
        (await NoteAsync(Limiter(), Throttled(null)) is not null).ShouldBe(told);
    }

    [Fact]
    public async Task NoteAsync_ManySuccesses_AreToldNowAndThenAndAtOnceAfterARefusal()
    {
        var limiter = Limiter();
        for (var second = 0; second < 31; second++)
        {
            (await NoteAsync(limiter, Success)).ShouldBeNull();
            Time.Advance(TimeSpan.FromSeconds(1));
        }

        // Every 15 seconds.
        Store.Succeeded.ShouldBe(["g", "g", "g"]);
        Store.RefusedFor.Enqueue(TimeSpan.Zero);
        await NoteAsync(limiter, Throttled(null));
        await NoteAsync(limiter, Success);
        Store.Succeeded.Count.ShouldBe(4);
    }

    [Fact]
    public async Task NoteAsync_OtherOutcome_SaysNothing()
    {
        (await NoteAsync(Limiter(), new EditOutcome.Rejected(new ServiceError(ErrorClasses.InvalidRequest, "c", "m")))).ShouldBeNull();
        (Store.Succeeded.Count, Store.Refusals.Count).ShouldBe((0, 0));
    }

    private static EditOutcome.Throttled Throttled(TimeSpan? wait) => new(new ServiceError(ErrorClasses.Throttled, "c", "Slow."), wait);

    private static Task<TimeSpan?> NoteAsync(Limiter limiter, EditOutcome outcome) => limiter.NoteAsync("g", "b-1", outcome, Cancel);
}
